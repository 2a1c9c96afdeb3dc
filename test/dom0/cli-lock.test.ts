import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { disposable, exampleQubes, exampleWith } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

const lockRule = 'action=drop comment=qvm-filterproxy lock';

const hang =
    '    downloads that are open may hang: start them again, unless ' +
    '"client" was applied\n';

/** With work served by sys-filter. */
async function served() {
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n' },
        agents: { 'sys-filter': obedientAgent().agent },
    });
    await dom0.cli('update');
    return dom0;
}

describe('lock', () => {
    test('refuses a qube that provides network, and names whom it would cut off', async () => {
        const dom0 = await fakeDom0();
        expect(await dom0.cli('lock', 'sys-filter')).toEqual({
            exitCode: 1,
            out: '',
            err: "sys-filter provides network to banking, work, work-dvm: locking it would cut them off too\n    to do it all the same: qvm-firewall sys-filter add --before 0 drop 'comment=qvm-filterproxy lock'\n",
        });
        expect(dom0.firewall.of('sys-filter')).toEqual(['action=accept']);
    });

    test('of a disposable template is for the disposables that it has, too', async () => {
        const dom0 = await fakeDom0({
            qubes: [...exampleQubes, disposable],
            rules: { 'work-dvm': '^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        const { out } = await dom0.cli('lock', 'work-dvm');
        expect(out).toMatch(/^work-dvm: locked.*^disp12: locked/ms);
        expect(dom0.firewall.of('disp12')[0]).toBe(lockRule);
        await dom0.cli('unlock', 'work-dvm');
        expect(dom0.firewall.of('disp12')).toEqual(['action=accept']);
    });

    test('says that a qube reaches nothing when no proxy answers it', async () => {
        const dom0 = await served();
        const { out } = await dom0.cli('lock', 'personal');
        expect(out).toBe(
            'personal: locked; no proxy answers it, so it reaches nothing at all\n',
        );
    });

    test('says that what is open may hang where something can be', async () => {
        const dom0 = await served();
        await dom0.cli('allow', 'work-dvm', 'a.test');
        expect((await dom0.cli('lock', 'work-dvm')).out).not.toContain('hang');
        expect((await dom0.cli('lock', 'work', '--quiet')).out).toBe('');
    });

    test.each([
        ['runs', 'no proxy answers it, so it reaches nothing at all', 2],
        ['is halted', 'its Qubes firewall drops all', -1],
    ])(
        'of a halted qube asks the netvm for its agent if that %s',
        async (_, said, xid) => {
            const dom0 = await fakeDom0({
                qubes: exampleWith(
                    { name: 'personal', xid: -1 },
                    { name: 'sys-firewall', xid },
                ),
                rules: { personal: '^a\\.test$\n' },
            });
            expect((await dom0.cli('lock', 'personal')).out).toContain(said);
        },
    );

    test('leaves exceptions above it, and names them', async () => {
        const dom0 = await served();
        const rules = [
            'action=accept dsthost=imap.example.org proto=tcp dstports=993-993',
            lockRule,
            'action=accept',
        ];
        dom0.firewall.rules.set('work', rules);
        const except =
            'except: dsthost=imap.example.org proto=tcp dstports=993-993\n';
        expect((await dom0.cli('lock', 'work')).out).toBe(
            `work: is locked already, ${except}`,
        );
        expect(dom0.firewall.of('work')).toEqual(rules);
        const { out } = await dom0.cli('show');
        expect(out).toContain(`work: served, 1 rule, locked, ${except}`);
        expect(out).not.toContain('go around');
    });

    test.each([
        ['specialtarget=dns', 'DNS'],
        ['proto=udp dstports=53-53', 'DNS (proto=udp dstports=53-53)'],
    ])(
        'closes DNS, too, which show names until then: %s',
        async (rule, said) => {
            const dom0 = await served();
            const own = [`action=accept ${rule}`, 'action=drop'];
            dom0.firewall.rules.set('work', own);
            const before = await dom0.cli('show');
            expect(before.out).toContain(
                `work: served, 1 rule, not locked, lets out: ${said}\n`,
            );
            expect(before.out).toContain(
                'can still go around the proxy: work\n',
            );
            await dom0.cli('lock', 'work');
            const { out } = await dom0.cli('show');
            expect(out).toContain('work: served, 1 rule, locked\n');
            expect(out).not.toContain('DNS');
        },
    );

    test('puts one rule before the user’s own, and unlock takes it out', async () => {
        const dom0 = await served();
        const own = ['action=accept proto=icmp', 'action=accept'];
        dom0.firewall.rules.set('work', own);
        expect(await dom0.cli('lock', 'work')).toEqual({
            exitCode: 0,
            out:
                'work: locked, its Qubes firewall drops all that does not go through the proxy\n' +
                hang,
            err: '',
        });
        expect(dom0.firewall.of('work')).toEqual([lockRule, ...own]);
        expect((await dom0.cli('lock', 'work')).out).toBe(
            'work: is locked already\n',
        );
        expect((await dom0.cli('work', 'unlock')).out).toBe(
            'work: unlocked, its own firewall rules decide again\n',
        );
        expect(dom0.firewall.of('work')).toEqual(own);
        expect((await dom0.cli('unlock', 'work')).out).toBe(
            'work: is not locked, its own firewall rules decide\n',
        );
    });

    test('is called as qvm-firewall wants it', async () => {
        const dom0 = await fakeDom0();
        await dom0.cli('lock', 'work');
        expect(dom0.commands).toContain(
            'qvm-firewall work add --before 0 drop comment=qvm-filterproxy lock',
        );
    });

    test('that is the only rule is taken out without qvm-firewall’s crash', async () => {
        const dom0 = await fakeDom0();
        dom0.firewall.rules.set('work', [lockRule]);
        const result = await dom0.cli('unlock', 'work');
        expect(result.out).toBe(
            'work: unlocked, but its own firewall rules drop everything too; see: qvm-firewall work list\n',
        );
        expect(result.exitCode).toBe(0);
        expect(dom0.firewall.of('work')).toEqual(['action=drop']);
    });

    test('with --dry-run prints the commands, to copy', async () => {
        const dom0 = await fakeDom0();
        const { out } = await dom0.cli('lock', 'work', '--dry-run');
        expect(out).toBe(
            "work, with:\n    qvm-firewall work add --before 0 drop 'comment=qvm-filterproxy lock'\n",
        );
        expect(dom0.firewall.of('work')).toEqual(['action=accept']);
    });

    test('is set for all qubes before any ProxyVM is asked', async () => {
        const dom0 = await fakeDom0({
            rules: { work: '^a\\.test$\n', banking: '^a\\.test$\n' },
            agents: { 'sys-filter': obedientAgent().agent },
        });
        await dom0.cli('update');
        dom0.commands.splice(0);
        const { out } = await dom0.cli('lock', 'work', 'banking');
        expect(out).toMatch(/^work: locked, .*^banking: locked, /ms);
        const programs = dom0.commands.map((command) => command.split(' ')[0]);
        const calls = programs.filter((each) => each === 'qrexec-client');
        expect(calls).toHaveLength(1);
        expect(programs.lastIndexOf('qvm-firewall')).toBeLessThan(
            programs.indexOf('qrexec-client'),
        );
    });

    test('of several qubes goes on when one fails', async () => {
        const dom0 = await fakeDom0();
        const commands: string[] = [];
        const failing = await fakeDom0({
            tools: {
                'qvm-firewall': async (_, args) => {
                    commands.push(args.join(' '));
                    return args.includes('work')
                        ? outcome({
                              exitCode: 1,
                              stderr: 'qvm-firewall: error: no luck\n',
                          })
                        : dom0.firewall.run(args);
                },
            },
        });
        const result = await failing.cli('lock', 'work', 'personal');
        expect(result.out).toMatch(/^personal: locked/);
        expect(result.err).toBe('work: qvm-firewall: no luck\n');
        expect(result.exitCode).toBe(1);
    });

    test('does not believe what it cannot see', async () => {
        const dom0 = await fakeDom0({
            tools: {
                'qvm-firewall': async (_, args) =>
                    outcome({
                        stdout: args[0] === '--raw' ? 'action=accept\n' : '',
                    }),
            },
        });
        const result = await dom0.cli('lock', 'work');
        expect(result.err).toContain('is not as it was left');
        expect(result.exitCode).toBe(1);
    });

    test('with --json says what is left open', async () => {
        const dom0 = await fakeDom0();
        const { out } = await dom0.cli('lock', 'work', '--json');
        expect(JSON.parse(out)).toEqual({
            version: 1,
            command: 'lock',
            dryRun: false,
            qubes: [
                {
                    qube: 'work',
                    changed: true,
                    learning: null,
                    wayAround: { kind: 'none', locked: true },
                },
            ],
        });
    });
});
