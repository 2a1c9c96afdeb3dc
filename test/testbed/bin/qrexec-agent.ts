// Stand-in for a qube's qrexec agent, behind a unix socket instead of vchan.
// Who may connect is decided by the directory in dom0 that leads to it, as
// with the real sockets (qubes-core-qrexec daemon/qrexec-daemon.c).
import { createServer } from 'node:net';
import { serveCall } from '../qrexec/agent.ts';

createServer({ allowHalfOpen: true }, serveCall).listen({
    path: '/run/vchan/qrexec.sock',
    readableAll: true,
    writableAll: true,
});
