// Archives of rule files, as POSIX says of ustar (pax, "ustar Interchange
// Format"): a header of 512 bytes for each file, then what is in it. Only
// what rule files need is read; anything else in an archive is an error, as
// it may come from another qube.
import { err, ok, type Result } from '../../shared/result.ts';

const blockBytes = 512;

/** Files of one archive. */
const maxFiles = 5000;

/** Offset and length of the fields that count. */
const fields = {
    name: [0, 100],
    size: [124, 12],
    checksum: [148, 8],
    type: [156, 1],
    magic: [257, 5],
    prefix: [345, 155],
} as const;

export interface ArchivedFile {
    readonly path: string;
    readonly bytes: Uint8Array;
}

/** Whether it begins as an archive does. */
export function isTar(untrusted_bytes: Uint8Array): boolean {
    return (
        untrusted_bytes.length >= blockBytes &&
        textField(untrusted_bytes, 'magic') === 'ustar'
    );
}

/**
 * The regular files of an archive, in its order. Directories are passed over;
 * a link, a device, a name that is too long for a header, a file larger than
 * `maxBytes` and an archive that is cut off are errors.
 */
export function readTar(
    untrusted_bytes: Uint8Array,
    maxBytes: number,
): Result<ArchivedFile[], string> {
    const files: ArchivedFile[] = [];
    let at = 0;
    for (;;) {
        const header = untrusted_bytes.subarray(at, at + blockBytes);
        if (header.length < blockBytes) {
            return err('it is cut off: its end is missing');
        }
        if (header.every((byte) => byte === 0)) {
            return ok(files);
        }
        const entry = readHeader(header);
        if (!entry.ok) {
            return entry;
        }
        const { path, size, isFile } = entry.value;
        const start = at + blockBytes;
        const bytes = untrusted_bytes.subarray(start, start + size);
        if (size > maxBytes) {
            return err(`${path} is larger than ${maxBytes} bytes`);
        }
        if (bytes.length < size) {
            return err(`it is cut off in ${path}`);
        }
        if (files.length === maxFiles) {
            return err(`it has more than ${maxFiles} files`);
        }
        if (isFile) {
            files.push({ path, bytes });
        }
        at = start + Math.ceil(size / blockBytes) * blockBytes;
    }
}

interface Header {
    readonly path: string;
    readonly size: number;
    readonly isFile: boolean;
}

function readHeader(untrusted_header: Uint8Array): Result<Header, string> {
    if (
        textField(untrusted_header, 'magic') !== 'ustar' ||
        octalField(untrusted_header, 'checksum') !== checksum(untrusted_header)
    ) {
        return err('it is no archive, or a damaged one');
    }
    const prefix = textField(untrusted_header, 'prefix');
    const name = textField(untrusted_header, 'name');
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const type = textField(untrusted_header, 'type');
    const size = octalField(untrusted_header, 'size');
    if (!/^[\x20-\x7e]+$/.test(path)) {
        return err('it has a file whose name is not printable ASCII');
    }
    if (size === null || !['', '0', '5'].includes(type)) {
        return err(`${path} in it is neither a file nor a directory`);
    }
    const isFile = type !== '5';
    return isFile || size === 0
        ? ok({ path, size, isFile })
        : err(`${path} in it is a directory with a size`);
}

/** Up to the first NUL. */
function textField(
    untrusted_header: Uint8Array,
    field: keyof typeof fields,
): string {
    const [start, length] = fields[field];
    const bytes = untrusted_header.subarray(start, start + length);
    const end = bytes.indexOf(0);
    return String.fromCharCode(
        ...(end === -1 ? bytes : bytes.subarray(0, end)),
    );
}

function octalField(
    untrusted_header: Uint8Array,
    field: keyof typeof fields,
): number | null {
    const digits = textField(untrusted_header, field).trim();
    return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** Of all bytes, those of the checksum itself taken for blanks. */
function checksum(header: Uint8Array): number {
    const [start, length] = fields.checksum;
    return header.reduce(
        (sum, byte, at) =>
            sum + (at >= start && at < start + length ? 0x20 : byte),
        0,
    );
}

/** An archive of these files; `seconds` is their time, since 1970. */
export function writeTar(
    files: readonly ArchivedFile[],
    seconds: number,
): Uint8Array {
    const blocks = files.flatMap(({ path, bytes }) => [
        renderHeader(path, bytes.length, seconds),
        bytes,
        new Uint8Array(-bytes.length & (blockBytes - 1)),
    ]);
    return concatenate([...blocks, new Uint8Array(2 * blockBytes)]);
}

function renderHeader(path: string, size: number, seconds: number): Uint8Array {
    const [, longest] = fields.name;
    if (path.length > longest) {
        throw new Error(`too long for an archive: ${path}`);
    }
    const header = new Uint8Array(blockBytes);
    const put = (at: number, text: string) =>
        header.set(new TextEncoder().encode(text), at);
    const octal = (value: number, digits: number) =>
        value.toString(8).padStart(digits, '0');
    put(fields.name[0], path);
    put(100, `${octal(0o660, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
    put(fields.size[0], `${octal(size, 11)}\0${octal(seconds, 11)}\0`);
    put(fields.type[0], '0');
    put(fields.magic[0], 'ustar\x0000');
    put(fields.checksum[0], `${octal(checksum(header), 6)}\0 `);
    return header;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
    const whole = new Uint8Array(
        parts.reduce((sum, part) => sum + part.length, 0),
    );
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}
