// The testbed's own daemon: Xen's part and the Internet, and qubesd's
// stand-in on top. Everything ends with it.
import { chmod, chown, writeFile } from 'node:fs/promises';
import { defaultGlobals, defaultQubes } from '../qubesd/default-qubes.ts';
import { type Close, startQubesd } from '../qubesd/index.ts';
import { installDaemon, startDom0 } from '../xen/dom0.ts';
import { startInternet } from '../xen/internet.ts';
import { controlSocket, qubesdSocket, state } from '../xen/paths.ts';
import { NamespaceWorld } from '../xen/world.ts';

await startInternet(() => {
    throw new Error('the servers of the made-up Internet ended');
});
await startDom0();
const qubesd = await startQubesd({
    world: new NamespaceWorld(),
    socketPath: controlSocket,
    qubes: defaultQubes,
    globals: defaultGlobals,
});

async function listen(): Promise<Close> {
    const close = await qubesd.listenAt(qubesdSocket);
    await chown(qubesdSocket, 0, 98);
    await chmod(qubesdSocket, 0o660);
    return close;
}

// Its restart as others see it, one half at a time: `testbed qubesd`.
let close = await listen();
process.on('SIGHUP', () => void close());
process.on('SIGUSR2', () => {
    void listen().then((closeThis) => {
        close = closeThis;
    });
});

await installDaemon();
await writeFile(`${state}/ready`, '');
