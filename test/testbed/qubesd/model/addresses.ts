// Qubes' default addresses (qubes-core-admin qubes/vm/mix/net.py).

/** `10.137` for qubes by their qid, `10.138` for disposables by dispid. */
export function defaultIp(disposable: boolean, id: number): string {
    const prefix = disposable ? '10.138' : '10.137';
    if (id < 255) {
        return `${prefix}.0.${id}`;
    }
    const rest = id - 1;
    return `${prefix}.${Math.floor(rest / 254)}.${(rest % 254) + 1}`;
}

/** The same numbers behind Qubes' site-local prefix; 0xa89 is 10.137. */
export function defaultIp6(disposable: boolean, id: number): string {
    const network = disposable ? 'a8a' : 'a89';
    return `fd09:24ef:4179::${network}:${id.toString(16)}`;
}
