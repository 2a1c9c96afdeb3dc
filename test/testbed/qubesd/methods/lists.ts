import { labels } from '../model/setters.ts';
import { type AdminCall, type AdminMethods, lines, plain } from './method.ts';

export const listMethods: AdminMethods = {
    'admin.vm.List': { ...plain, run: listQubes },
    'admin.vm.CurrentState': { ...plain, run: currentState },
    'admin.label.List': {
        ...plain,
        toAdminVm: true,
        run: () => lines(labels),
    },
    'admin.vmclass.List': {
        ...plain,
        toAdminVm: true,
        run: () =>
            lines([
                'AdminVM',
                'AppVM',
                'DispVM',
                'RemoteVM',
                'StandaloneVM',
                'TemplateVM',
            ]),
    },
};

/** Another caller than dom0 sees what policy lets it: here, nothing. */
function listQubes({ system, source, destination }: AdminCall): string {
    const isAdmin = destination.identity.klass === 'AdminVM';
    const qubes = isAdmin ? system.all() : [destination];
    return source.identity.klass !== 'AdminVM'
        ? ''
        : lines(
              qubes.map(
                  ({ name, powerState, identity: { klass, uuid } }) =>
                      `${name} class=${klass} state=${powerState} uuid=${uuid}`,
              ),
          );
}

/** Memory in KiB; the time is made up: it passes, and no more. */
function currentState({ system, destination: qube }: AdminCall): string {
    const kib = (property: string) =>
        qube.isActive ? Number(system.value(qube, property)) * 1024 : 0;
    const memory = qube.identity.klass === 'AdminVM' ? 'maxmem' : 'memory';
    const cputime =
        qube.startTime === null ? 0 : Date.now() - qube.startTime * 1000;
    return [
        `mem=${kib(memory)}`,
        `mem_static_max=${kib('maxmem')}`,
        `cputime=${cputime}`,
        `power_state=${qube.powerState}`,
    ].join(' ');
}
