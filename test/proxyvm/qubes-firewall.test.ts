// What there is to see of Qubes' firewall in a ProxyVM.
import { expect, test } from 'vitest';
import { observeQubesFirewall } from '../../proxyvm/observe/qubes-firewall.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { outcome } from '../dom0/outcome.ts';

const isActive = 'systemctl is-active --quiet qubes-firewall.service';
const tableOf = (family: string) =>
    `nft --json --numeric list table ${family} qubes-firewall`;
const gone = {
    exitCode: 1,
    stderr: 'Error: No such file or directory',
};

/** All is there, but for what ends otherwise. */
function running(ends: Record<string, Parameters<typeof outcome>[0]>) {
    const run: RunCommand = async (file, args) => {
        const command = [file, ...args].join(' ');
        expect([isActive, tableOf('ip'), tableOf('ip6')]).toContain(command);
        return outcome({ command, ...ends[command] });
    };
    return observeQubesFirewall(run);
}

const whole = { isActive: true, ip: true, ip6: true };

test.each([
    ['all of it', {}, whole],
    [
        'a unit that has ended',
        { [isActive]: { exitCode: 3 } },
        { isActive: false },
    ],
    ['no such unit', { [isActive]: { exitCode: 4 } }, { isActive: false }],
    ['no table of IPv4', { [tableOf('ip')]: gone }, { ip: false }],
    ['no table of IPv6', { [tableOf('ip6')]: gone }, { ip6: false }],
])('sees %s', async (_, ends, change) => {
    expect(await running(ends)).toEqual({ ...whole, ...change });
});

test.each([
    ['systemctl', { [isActive]: { exitCode: null, timedOut: true } }],
    ['nft', { [tableOf('ip6')]: { exitCode: 1, stderr: 'no permission' } }],
])('fails where %s does not say', async (program, ends) => {
    await expect(running(ends)).rejects.toThrow(program);
});
