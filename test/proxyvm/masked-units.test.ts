import { expect, test } from 'vitest';
import { whyMasked } from '../../proxyvm/core/masked-units.ts';

test('of the guard that is masked it is said how to undo that', () => {
    const unit = 'qubes-filterproxy-guard.service';
    expect(
        whyMasked(
            `Failed to start qubes-filterproxy@60708.service: Unit ${unit} is masked.\n` +
                `Failed to start qubes-filterproxy@60709.service: Unit ${unit} is masked.\n`,
        ),
    ).toBe(
        `${unit} is masked, so systemd does not start it; there, as root: ` +
            `systemctl unmask ${unit}; and the same with --runtime`,
    );
});

test('of a proxy that is masked both units that can be are named', () => {
    const unit = 'qubes-filterproxy@60708.service';
    expect(
        whyMasked(`Failed to restart ${unit}: Unit ${unit} is masked.\n`),
    ).toContain(`systemctl unmask ${unit} qubes-filterproxy@.service; and`);
});

test.each([
    '',
    'Job for qubes-filterproxy@60708.service failed because of a timeout.\n',
    'Unit evil.service is masked.\n',
])('of %j nothing is said', (stderr) => {
    expect(whyMasked(stderr)).toBe(null);
});
