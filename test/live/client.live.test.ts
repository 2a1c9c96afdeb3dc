// Programs in a client, started as a user starts them, after `client --apply`.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { plainDomOf } from './browser.ts';
import { filterproxy, forgetAll } from './filterproxy.ts';

const refused = 'is not allowed for work';

async function must(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await filterproxy(...args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
}

async function moveTo(netvm: string): Promise<void> {
    await bed.must(['dom0', 'qvm-prefs', 'work', 'netvm', netvm]);
    await must('update');
}

/** All that the qube has of ours, and where. */
const ours =
    'find /etc /rw /usr/lib /var/lib -name "*filterproxy-client*"; ' +
    'ls -d /etc/firefox /etc/chromium /etc/opt 2>&1; ' +
    'systemctl list-units --all --plain --no-legend "*filterproxy-client*"';

async function oursIn(qube: string): Promise<string> {
    return (await bed.qube(qube, 'sh', '-c', ours)).stdout;
}

/** As in a terminal of the qube, by a login shell. */
async function typed(command: string): Promise<string> {
    const { stdout, stderr } = await bed.qube('work', 'bash', '-lc', command);
    return stdout + stderr;
}

let before = '';

beforeAll(async () => {
    await bed.up();
    await forgetAll();
    await must('allow', 'work', 'allowed.test');
    before = await oursIn('work');
});

afterAll(async () => {
    await filterproxy('client', 'work', '--remove');
    await bed.dom0('qvm-prefs', 'work', 'netvm', 'sys-filter');
    await forgetAll();
});

test('a browser goes around the proxy while nobody tells it', async () => {
    const dom = await plainDomOf('work', 'http://blocked.test/');
    expect(dom).not.toContain(refused);
    expect(dom).toContain('blocked.test');
});

test('a browser goes through it once the settings are applied', async () => {
    await must('client', 'work', '--apply');
    const dom = await plainDomOf('work', 'http://blocked.test/');
    expect(dom).toContain(refused);
    expect(await plainDomOf('work', 'http://allowed.test/')).toContain(
        'allowed.test',
    );
});

test('so do curl, git and apt, as they are typed', async () => {
    const status = "curl -so /dev/null -w '%{http_code} %{http_connect}'";
    expect(await typed(`${status} http://blocked.test/`)).toBe('403 000');
    expect(await typed(`${status} https://blocked.test/`)).toBe('000 403');
    expect(await typed(`${status} https://allowed.test/`)).toBe('200 200');
    expect(await typed('git ls-remote https://blocked.test/x')).toMatch(
        /CONNECT tunnel failed, response 403|403 from proxy/,
    );
    // Without the environment, as under sudo.
    const apt =
        'env -i PATH="$PATH" /usr/lib/apt/apt-helper download-file ' +
        'http://blocked.test/x /tmp/x';
    expect(await typed(apt)).toMatch(/403/);
});

test('and without it again what is said to be local', async () => {
    const listen = 'python3 -m http.server -b 127.0.0.1 8080 >/dev/null 2>&1 &';
    const fetch = 'curl -so /dev/null -w "%{http_code}" --retry 20';
    const url = '--retry-connrefused --retry-delay 1 http://localhost:8080/';
    expect(await typed(`${listen} ${fetch} ${url}; kill %1`)).toBe('200');
});

/** What a host sends after a while in which nobody says anything. */
async function fetchLate(): Promise<string> {
    const url = 'http://allowed.test/slow?seconds=18';
    return typed(`curl -so /dev/null -m 26 -w '%{http_code}' '${url}'`);
}

test('what is open and idle lasts, though Qubes forgets it at a lock', async () => {
    const late = fetchLate();
    await sleep(2000);
    await must('lock', 'work');
    try {
        expect(await late).toBe('200');
    } finally {
        await must('unlock', 'work');
    }
});

/** Qubes' own is restarted by udev when a netvm is attached. */
const uplink = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=true
`;

test('what is open ends at once with the uplink that it goes over', async () => {
    const script = `
        unit=/run/systemd/system/qubes-network-uplink@.service
        printf %s "$1" >$unit
        systemctl daemon-reload
        systemctl start qubes-network-uplink@eth0
        . /etc/profile.d/qubes-filterproxy-client.sh
        curl -so /dev/null 'http://allowed.test/slow?seconds=20' &
        until ss -Htn state established dport = 8100 | grep -q 10.137; do
            sleep 0.1
        done
        systemctl restart qubes-network-uplink@eth0
        wait $!
        echo $?
        systemctl stop qubes-network-uplink@eth0
        rm $unit
        systemctl daemon-reload`;
    const started = Date.now();
    const ask = ['bash', '-c', script, 'bash', uplink];
    const { stdout } = await bed.qube('work', ...ask);
    expect(stdout).toBe('56\n');
    expect(Date.now() - started).toBeLessThan(10_000);
});

test('a browser finds the gateway of another ProxyVM', async () => {
    await moveTo('sys-filter2');
    const dom = await plainDomOf('work', 'http://blocked.test/');
    expect(dom).toContain(refused);
    await moveTo('sys-filter');
});

test('it stays so when the qube has started anew', async () => {
    await bed.stop('work');
    await bed.start('work');
    await must('update');
    const dom = await plainDomOf('work', 'http://blocked.test/');
    expect(dom).toContain(refused);
});

test('nothing of it is left, and nothing goes there, once it is removed', async () => {
    expect(await must('client', 'work', '--remove')).toContain(
        'the settings for the proxy are gone',
    );
    expect(await oursIn('work')).toBe(before);
    const dom = await plainDomOf('work', 'http://blocked.test/');
    expect(dom).not.toContain(refused);
    expect(await typed('echo "$http_proxy"')).toBe('\n');
});

/** Its files, as a qube finds them in its root that is made of the template. */
async function copyFromTemplate(): Promise<void> {
    const files = 'find /etc /usr/lib -type f -name "*filterproxy-client*"';
    const pack = `tar -cf - $(${files}) /usr/lib/qubes-filterproxy-client | base64`;
    const packed = await bed.qube('fedora-41', 'sh', '-c', pack);
    const unpack = 'base64 -d | tar -xf - -C / && systemctl daemon-reload';
    const input = packed.stdout;
    await bed.must(['qube', 'work', 'sh', '-c', unpack], { input });
}

test('a template settles the qubes that have the service, and none else', async () => {
    await bed.start('fedora-41');
    try {
        const empty = await oursIn('fedora-41');
        await must('client', 'work', '--template', '--apply');
        const feature = ['qvm-features', 'work', 'service.filterproxy-client'];
        expect((await bed.dom0(...feature)).stdout).toBe('1\n');
        expect(await oursIn('fedora-41')).not.toMatch(/profile|apt|socket/);
        await copyFromTemplate();
        const boot =
            'systemctl start qubes-filterproxy-client-settings; ' +
            '. /etc/profile; echo "$http_proxy"';
        expect(await typed(boot)).toBe('\n');
        const service = '/run/qubes-service/filterproxy-client';
        await typed(`mkdir -p /run/qubes-service; touch ${service}`);
        expect(await typed(boot)).toBe('http://127.0.0.1:8100\n');
        expect(await typed('curl -s http://blocked.test/')).toContain(refused);
        await must('client', 'work', '--template', '--remove');
        expect((await bed.dom0(...feature)).exitCode).toBe(1);
        expect(await oursIn('fedora-41')).toBe(empty);
    } finally {
        await bed.stop('fedora-41');
    }
});
