import { createMethods } from './create.ts';
import { featureMethods } from './features.ts';
import { firewallMethods } from './firewall.ts';
import { lifeMethods } from './life.ts';
import { listMethods } from './lists.ts';
import type { AdminMethods } from './method.ts';
import { propertyMethods } from './properties.ts';
import { tagMethods } from './tags.ts';

/** All but `admin.Events`, which is no call with one answer. */
export const adminMethods: AdminMethods = {
    ...listMethods,
    ...propertyMethods,
    ...featureMethods,
    ...tagMethods,
    ...firewallMethods,
    ...lifeMethods,
    ...createMethods,
};
