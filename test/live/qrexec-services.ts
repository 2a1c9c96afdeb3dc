// The services that the captures in test/golden/qrexec were taken with,
// written anew: what they print is what the captures hold.

interface ServiceFile {
    readonly mode?: string;
    readonly text: string;
}

const sh = (text: string): ServiceFile => ({ text: `#!/bin/sh\n${text}\n` });

const files: Readonly<Record<string, ServiceFile>> = {
    'test.Echo': sh(
        'echo "svc arg=[$1] full=[$QREXEC_SERVICE_FULL_NAME]' +
            ' argenv=[$QREXEC_SERVICE_ARGUMENT]' +
            ' remote=[$QREXEC_REMOTE_DOMAIN]' +
            ' type=[$QREXEC_REQUESTED_TARGET_TYPE] uid=$(id -u)"\n' +
            'echo to-stderr >&2\ncat\nexit 7',
    ),
    'test.Env': sh(
        'env | sort | grep -v ^_=\nls -l /proc/self/fd\npwd\n' +
            'ulimit -a | head -n 3',
    ),
    'test.NotExec': { text: '#!/bin/sh\n', mode: '644' },
    'test.NoShebang': { text: 'no shebang\n' },
    'test.BadInterp': { text: '#!/no/such/interpreter\n' },
    'test.Empty': { text: '' },
    'test.Term': sh('kill -TERM $$'),
    'test.Exit200': sh('exit 200'),
    'test.Exit127': sh('exit 127'),
    'test.CloseOut': sh('exec >&- 2>&-\nsleep 1\nexit 5'),
    'test.Background': sh('(sleep 3; echo late) &\necho done\nexit 4'),
    'test.BackgroundClosed': sh(
        'sleep 3 </dev/null >/dev/null 2>&1 &\necho done\nexit 4',
    ),
    'test.Big': sh('head -c 10000000 /dev/zero'),
    'test.Count': sh('wc -c'),
    'test.Head3': sh('head -c 3'),
    'test.DevStderr': {
        text:
            '#!/bin/sh -\n' +
            'echo hello >/dev/stderr; echo "rc=$?"; ' +
            'echo hello >/proc/self/fd/1; echo "rc=$?"\n',
    },
    'test.Esc': sh(
        "printf 'A\\033[31mB\\377C\\303\\251\\n'\n" +
            "printf 'E\\033[31mF\\n' >&2",
    ),
    'test.Spec': sh('echo "generic $1"'),
    'test.Spec+': sh('echo emptyarg'),
    'test.Spec+one': sh('echo "specific $1"'),
    'test.ForceUser': sh('id -un'),
    'test.BadConfig': sh('cat'),
    'test.WaitSession': sh('echo waited'),
    'test.Override': sh('echo from-etc'),
    'test.True': sh('exit 0'),
    'test.Cat': sh('exec cat'),
    'test.Sleep3': sh('echo started\nsleep 3'),
};

const rpcConfigs: Readonly<Record<string, string>> = {
    'test.ForceUser': "force-user='root'",
    'test.BadConfig': 'force-user=root',
    'test.WaitSession': 'wait-for-session=0',
};

/** Says what it read as Python's repr() of bytes, as the captured one did. */
const socketServer = `
const { createServer } = require('node:net');
const serve = (socket) => {
    let text = '';
    socket.on('data', (data) => { text += data; });
    socket.on('end', () => {
        const shown = text.replace(/\\0/g, '\\\\x00').replace(/\\n/g, '\\\\n');
        socket.end("got b'" + shown + "'\\n");
    });
};
for (const at of [{ path: '/run/test.sock' }, { host: '127.0.0.1', port: 7777 }])
    createServer({ allowHalfOpen: true }, serve).listen(at);
`;

/** A shell script that installs them, and a user's own in /usr/local. */
export function installScript(): string {
    return [
        'set -eu',
        'rpc=/etc/qubes-rpc config=/etc/qubes/rpc-config',
        'own=/usr/local/etc/qubes-rpc',
        'mkdir -p "$rpc" "$config" "$own" "$rpc/test.Dir"',
        ...Object.entries(files).map(([name, { text, mode = '755' }]) =>
            write(`"$rpc"/${name}`, text, mode),
        ),
        ...Object.entries(rpcConfigs).map(([name, text]) =>
            write(`"$config"/${name}`, `${text}\n`, '644'),
        ),
        write(
            '"$own"/test.Override',
            '#!/bin/sh\necho from-usr-local\n',
            '755',
        ),
        'ln -sfn /no/such "$rpc/test.Dangling"',
        'ln -sfn /run/test.sock "$rpc/test.Sock"',
        'ln -sfn /dev/tcp/127.0.0.1/7777 "$rpc/test.Tcp"',
        'ln -sfn /dev/tcp/127.0.0.1 "$rpc/test.TcpNoPort"',
        write('/run/test-server.cjs', socketServer, '644'),
        'systemctl stop test-server.service 2>/dev/null || :',
        'rm -f /run/test.sock',
        'systemd-run --quiet --unit test-server node /run/test-server.cjs',
        'until [ -S /run/test.sock ]; do sleep 0.02; done',
    ].join('\n');
}

export const dom0Script = [
    'set -eu',
    'mkdir -p /etc/qubes-rpc',
    write(
        '/etc/qubes-rpc/test.Dom0',
        '#!/bin/sh\necho "dom0 arg=[$1] remote=[$QREXEC_REMOTE_DOMAIN]' +
            ' type=[$QREXEC_REQUESTED_TARGET_TYPE]' +
            ' target=[$QREXEC_REQUESTED_TARGET]"\nexec cat\n',
        '755',
    ),
].join('\n');

function write(path: string, text: string, mode: string): string {
    const base64 = Buffer.from(text).toString('base64');
    return `echo '${base64}' | base64 -d >${path}\nchmod ${mode} ${path}`;
}
