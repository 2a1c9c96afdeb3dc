import { ProtocolError, QubesError, qubesException } from '../errors.ts';
import { pause, unpause } from '../life/pause.ts';
import { remove } from '../life/remove.ts';
import { start } from '../life/start.ts';
import { kill, shutdown } from '../life/stop.ts';
import { type AdminCall, type AdminMethods, plain } from './method.ts';

export const lifeMethods: AdminMethods = {
    'admin.vm.Start': { ...plain, run: runStart },
    'admin.vm.Shutdown': { wantsPayload: false, run: runShutdown },
    'admin.vm.Kill': done(({ system, destination }) =>
        kill(system, destination),
    ),
    'admin.vm.Pause': done(({ system, destination }) =>
        pause(system, destination),
    ),
    'admin.vm.Unpause': done(({ system, destination }) =>
        unpause(system, destination),
    ),
    'admin.vm.Remove': done(({ system, destination }) =>
        destination.startup.run(async () => remove(system, destination)),
    ),
};

function done(action: (call: AdminCall) => Promise<void>) {
    return {
        ...plain,
        run: async (call: AdminCall) => {
            await action(call);
            return '';
        },
    };
}

/** What the hypervisor says becomes something qubesd can show. */
async function runStart({ system, destination }: AdminCall): Promise<string> {
    try {
        await start(system, destination);
    } catch (error) {
        throw error instanceof QubesError
            ? error
            : qubesException(
                  `Start failed: ${(error as Error).message}, see ` +
                      '/var/log/libvirt/libxl/libxl-driver.log for details',
              );
    }
    return '';
}

async function runShutdown(call: AdminCall): Promise<string> {
    const words = call.argument === '' ? [] : call.argument.split('+');
    if (!words.every((word) => word === 'force' || word === 'wait')) {
        throw new ProtocolError('Argument must match: force, wait');
    }
    await shutdown(call.system, call.destination, {
        force: words.includes('force'),
        wait: words.includes('wait'),
    });
    return '';
}
