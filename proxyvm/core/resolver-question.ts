// A question that every resolver can answer: which name servers the root has
// (RFC 1035, 4.1). It tells nobody what is asked for here.

const headerBytes = 12;
const recursionDesired = 0x0100;
const isResponse = 0x8000;
const classInternet = 1;
const typeNs = 2;

/** The question as bytes; `id` is a number of 16 bits. */
export function rootQuestion(id: number): Uint8Array {
    const bytes = new Uint8Array(headerBytes + 5);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, id);
    view.setUint16(2, recursionDesired);
    view.setUint16(4, 1);
    // The name of the root is empty: one byte, 0.
    view.setUint16(headerBytes + 1, typeNs);
    view.setUint16(headerBytes + 3, classInternet);
    return bytes;
}

/**
 * Done; "no such name", which a resolver of made-up names may say; and "not
 * implemented", as that of Tor says to all but questions for addresses.
 */
const goodCodes = [0, 3, 4];

/** Whether it is an answer to the question `id`, without an error. */
export function isGoodReply(untrusted_bytes: Uint8Array, id: number): boolean {
    if (untrusted_bytes.length < headerBytes) {
        return false;
    }
    const view = new DataView(
        untrusted_bytes.buffer,
        untrusted_bytes.byteOffset,
        headerBytes,
    );
    const flags = view.getUint16(2);
    return (
        view.getUint16(0) === id &&
        (flags & isResponse) !== 0 &&
        goodCodes.includes(flags & 0x000f)
    );
}
