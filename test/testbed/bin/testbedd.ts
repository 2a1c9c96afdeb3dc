// The testbed's own daemon: Xen's part and the Internet, and qubesd's
// stand-in on top. Everything ends with it.
import { chmod, chown, writeFile } from 'node:fs/promises';
import { defaultGlobals, defaultQubes } from '../qubesd/default-qubes.ts';
import { startQubesd } from '../qubesd/index.ts';
import { startInternet } from '../xen/internet.ts';
import { qubesdSocket, state } from '../xen/paths.ts';
import { NamespaceWorld, startDom0 } from '../xen/world.ts';

await startInternet(() => {
    throw new Error('the servers of the made-up Internet ended');
});
await startDom0();
await startQubesd({
    world: new NamespaceWorld(),
    socketPath: qubesdSocket,
    qubes: defaultQubes,
    globals: defaultGlobals,
});
await chown(qubesdSocket, 0, 98);
await chmod(qubesdSocket, 0o660);
await writeFile(`${state}/ready`, '');
