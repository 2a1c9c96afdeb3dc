// Stand-in for a qube's qrexec agent, behind a unix socket instead of vchan.
import { createServer } from 'node:net';
import { serveCall } from '../qrexec/agent.ts';

createServer({ allowHalfOpen: true }, serveCall).listen(
    '/run/vchan/qrexec.sock',
);
