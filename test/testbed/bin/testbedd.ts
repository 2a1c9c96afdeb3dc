// The testbed's own daemon: Xen's part and the Internet, and qubesd's
// stand-in on top. Everything ends with it.
import { chmod, chown, writeFile } from 'node:fs/promises';
import { defaultGlobals, defaultQubes } from '../qubesd/default-qubes.ts';
import { type Close, type Qubesd, startQubesd } from '../qubesd/index.ts';
import { installDaemon, startDom0 } from '../xen/dom0.ts';
import { startInternet } from '../xen/internet.ts';
import { controlSocket, qubesdSocket, state } from '../xen/paths.ts';
import { NamespaceWorld } from '../xen/world.ts';

async function listen(qubesd: Qubesd): Promise<Close> {
    const close = await qubesd.listenAt(qubesdSocket);
    await chown(qubesdSocket, 0, 98);
    await chmod(qubesdSocket, 0o660);
    return close;
}

async function main(): Promise<void> {
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
    // Its restart as others see it, one half at a time: `testbed qubesd`.
    let close = await listen(qubesd);
    process.on('SIGHUP', () => void close());
    process.on('SIGUSR2', () => {
        void listen(qubesd).then((closeThis) => {
            close = closeThis;
        });
    });
    await installDaemon();
    await writeFile(`${state}/ready`, '');
}

void main();
