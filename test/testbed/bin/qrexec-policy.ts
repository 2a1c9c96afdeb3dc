// dom0's side of the calls that a management qube makes, which its
// qrexec-client-vm sends to this socket: qrexec-policy SOCKET QUBE. Prints what
// it decides.
import { createServer } from 'node:net';
import { servePoliced } from '../qrexec/policed-calls.ts';

const [path = '', source = ''] = process.argv.slice(2);
createServer({ allowHalfOpen: true }, (socket) =>
    servePoliced(socket, source),
).listen({ path, readableAll: true, writableAll: true });
