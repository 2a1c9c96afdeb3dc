/** As the C locale does it: toLowerCase() makes a k of the kelvin sign. */
export function foldCase(text: string): string {
    return /[A-Z]/.test(text)
        ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
        : text;
}

/** Names and parts of them as an expression has them. */
export function escapeDots(text: string): string {
    return text.includes('.') ? text.replaceAll('.', '\\.') : text;
}
