// Text cut to the width of a screen; printable ASCII on both sides.

/** Lines of at most `width` characters; nothing but spaces is lost. */
export function wrap(text: string, width: number): string[] {
    const lines: string[] = [];
    let rest = text;
    while (rest.length > width) {
        const space = rest.lastIndexOf(' ', width);
        const end = space > 0 ? space : width;
        lines.push(rest.slice(0, end));
        rest = rest.slice(end).trimStart();
    }
    return [...lines, rest];
}

/**
 * A host in that many columns, its end kept: whose it is stands there, and a
 * qube chooses what stands before.
 */
export function endOf(host: string, width: number): string {
    return host.length <= width
        ? host
        : `..${host.slice(host.length - Math.max(0, width - 2))}`.slice(
              0,
              width,
          );
}

/** A name in that many columns. */
export function startOf(name: string, width: number): string {
    return name.length <= width
        ? name
        : `${name.slice(0, Math.max(0, width - 2))}..`.slice(0, width);
}
