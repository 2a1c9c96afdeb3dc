import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../proxyvm/core/settings.ts';

describe('the settings of a ProxyVM', () => {
    test.each([
        ['', 'dom0'],
        ['# nobody else\n\n', 'dom0'],
        ['admin=dom0\n', 'dom0'],
        ['admin=mgmt', 'mgmt'],
    ])('%j name %s as the one to obey', (text, admin) => {
        expect(parseSettings(text)).toEqual({ ok: true, value: { admin } });
    });

    test.each([
        ['admin=', 'admin: a qube name is'],
        ['admin=a b', 'admin: a qube name is'],
        ['admin=@anyvm', 'admin: a qube name is'],
        [' admin=mgmt', 'Invalid key'],
        ['admin = mgmt', 'Invalid key'],
        ['other=1', 'Invalid key'],
        ['admin', 'admin: a qube name is'],
        ['__proto__=mgmt', 'Invalid key'],
        ['admin=mgmt\nadmin=dom0', 'twice'],
        ['admin=mgmt\0', 'admin: a qube name is'],
    ])('are refused as %j', (text, wrong) => {
        expect(parseSettings(text)).toEqual({
            ok: false,
            error: expect.stringContaining(wrong),
        });
    });
});
