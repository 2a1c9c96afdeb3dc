// What systemctl says of units that somebody has forbidden it to start.

/** That none of these units starts, and what to do; null if that is not why. */
export function whyMasked(untrusted_stderr: string): string | null {
    const pattern = /Unit (qubes-filterproxy[-@0-9a-z]*\.service) is masked/;
    const unit = pattern.exec(untrusted_stderr)?.[1];
    if (unit === undefined) {
        return null;
    }
    // Nobody says whether all of its kind were masked, nor for how long.
    const units = [...new Set([unit, unit.replace(/@[0-9]+/, '@')])].join(' ');
    return (
        `${unit} is masked, so systemd does not start it; there, as root: ` +
        `systemctl unmask ${units}; and the same with --runtime`
    );
}
