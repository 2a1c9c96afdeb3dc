// What Python prints when nothing catches an exception. The frames are those
// of the captures; for a tool or call without one there are fewer of them.
// Callers read the last line and the exit code 1.

interface Raised {
    readonly type: string;
    readonly message: string;
}

const library = '/usr/lib/python3/dist-packages/qubesadmin';
const opening = 'Traceback (most recent call last):\n';

/** Where each tool's main function parses its arguments. */
const parsesAt: Readonly<Record<string, number>> = {
    'qvm-check': 135,
    'qvm-features': 60,
    'qvm-prefs': 166,
    'qvm-tags': 103,
};

export function traceback(program: string, error: Raised): string {
    return (
        (isUnreachable(error) ? connectionRefused(error) : '') +
        opening +
        frame(
            `/usr/bin/${program}`,
            8,
            '<module>',
            'sys.exit(main())',
            [9, 6],
        ) +
        frames(program, error) +
        `${qualified(error.type)}: ${error.message}\n`
    );
}

function isUnreachable({ type }: Raised): boolean {
    return type === 'QubesDaemonCommunicationError';
}

function frames(program: string, error: Raised): string {
    if (program === 'qvm-firewall' && error.type === 'ProtocolError') {
        return savingRules;
    }
    if (program === 'qvm-remove' && error.type === 'EOFError') {
        return askingNobody;
    }
    const line = parsesAt[program];
    return isUnreachable(error) && line !== undefined
        ? lookingUp(program, line)
        : '';
}

function frame(
    file: string,
    line: number,
    where: string,
    code: string,
    [from, length]: readonly [number, number] = [0, 0],
    mark = '^'.repeat(length),
): string {
    const marks = length > 0 ? `    ${' '.repeat(from)}${mark}\n` : '';
    return `  File "${file}", line ${line}, in ${where}\n    ${code}\n${marks}`;
}

/** The exception that the last one was raised from. */
function connectionRefused({ message }: Raised): string {
    const reason = message.replace('Failed to connect to qubesd service: ', '');
    return (
        opening +
        frame(
            `${library}/app.py`,
            907,
            'qubesd_call',
            'client_socket.connect(qubesadmin.config.QUBESD_SOCKET)',
        ) +
        `${osErrors[reason] ?? 'OSError'}: ${reason}\n\n` +
        'During handling of the above exception, another exception ' +
        'occurred:\n\n'
    );
}

const osErrors: Readonly<Record<string, string>> = {
    '[Errno 2] No such file or directory': 'FileNotFoundError',
    '[Errno 13] Permission denied': 'PermissionError',
    '[Errno 111] Connection refused': 'ConnectionRefusedError',
};

function lookingUp(program: string, line: number): string {
    const module = `${library}/tools/${program.replace('-', '_')}.py`;
    return [
        frame(
            module,
            line,
            'main',
            'args = parser.parse_args(args, app=app)',
            [7, 32],
        ),
        frame(
            `${library}/tools/__init__.py`,
            413,
            'parse_args',
            'action.parse_qubes_app(self, namespace)',
        ),
        frame(
            `${library}/tools/__init__.py`,
            209,
            'parse_qubes_app',
            'namespace.domains += [app.domains[vm_name]]',
            [22, 20],
            '~~~~~~~~~~~^^^^^^^^^',
        ),
        frame(
            `${library}/app.py`,
            125,
            '__getitem__',
            'if not self.app.blind_mode and item not in self:',
            [31, 16],
        ),
        frame(`${library}/app.py`, 171, '__contains__', 'self.refresh_cache()'),
        frame(
            `${library}/app.py`,
            90,
            'refresh_cache',
            'vm_list_data = self.app.qubesd_call("dom0", "admin.vm.List")',
            [15, 45],
        ),
        frame(
            `${library}/app.py`,
            909,
            'qubesd_call',
            'raise qubesadmin.exc.QubesDaemonCommunicationError(',
        ),
    ].join('');
}

const askingNobody = frame(
    `${library}/tools/qvm_remove.py`,
    66,
    'main',
    'go_ahead = input("Are you sure? [y/N] ").upper()',
    [11, 29],
);

/** Deleting the last rule sends qubesd an empty list, which it refuses. */
const savingRules = [
    frame(
        `${library}/tools/qvm_firewall.py`,
        206,
        'main',
        'rules_del(vm, args)',
    ),
    frame(
        `${library}/tools/qvm_firewall.py`,
        195,
        'rules_del',
        'vm.firewall.save_rules()',
    ),
    frame(
        `${library}/firewall.py`,
        458,
        'save_rules',
        "self.vm.qubesd_call(None, 'admin.vm.firewall.Set',",
    ),
    frame(
        `${library}/base.py`,
        107,
        'qubesd_call',
        'return self.app.qubesd_call(dest, method, arg, payload,',
        [7, 48],
    ),
    frame(
        `${library}/app.py`,
        922,
        'qubesd_call',
        'return self._parse_qubesd_response(return_data)',
        [7, 40],
    ),
    frame(
        `${library}/base.py`,
        141,
        '_parse_qubesd_response',
        'raise exc_class(format_string, *args)',
    ),
].join('');

function qualified(type: string): string {
    return type.startsWith('Qubes') || type === 'ProtocolError'
        ? `qubesadmin.exc.${type}`
        : type;
}
