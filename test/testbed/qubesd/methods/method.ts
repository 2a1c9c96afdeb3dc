// What an Admin API method is (qubes-core-admin qubes/api/__init__.py).

import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';

export interface AdminCall {
    readonly system: System;
    readonly source: Qube;
    readonly destination: Qube;
    readonly argument: string;
    readonly untrusted_payload: Buffer;
}

/** What is left out is not checked. */
export interface AdminMethod {
    /** Whether the destination must, or must not, be dom0. */
    readonly toAdminVm?: boolean;
    readonly wantsArgument?: boolean;
    readonly wantsPayload?: boolean;
    /** Resolves with the content of the reply. */
    readonly run: (call: AdminCall) => string | Promise<string>;
}

export type AdminMethods = Readonly<Record<string, AdminMethod>>;

/** Most methods that only read. */
export const plain = { wantsArgument: false, wantsPayload: false } as const;

/** Most methods about one thing of a qube, named by the argument. */
export const named = { wantsArgument: true, wantsPayload: false } as const;

export function lines(items: Iterable<string>): string {
    return [...items].map((item) => `${item}\n`).join('');
}
