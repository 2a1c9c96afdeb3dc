// What the settings file of a ProxyVM may say: lines NAME=VALUE, `#` comments.
import * as v from 'valibot';
import { parseQubeName } from '../../shared/domain/qube-name.ts';
import { describeIssue } from '../../shared/protocol/json.ts';
import { parsed } from '../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';

const settings = v.strictObject({
    /** The one caller that is obeyed. */
    admin: v.optional(parsed(parseCaller), 'dom0'),
});

export type Settings = v.InferOutput<typeof settings>;

/** The settings, or what is wrong with them; without any, the defaults. */
export function parseSettings(
    untrusted_text: string,
): Result<Settings, string> {
    const lines = untrusted_text
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const entries = lines.map((line) => {
        const [name = '', ...value] = line.split('=');
        return [name, value.join('=')] as const;
    });
    if (new Set(entries.map(([name]) => name)).size !== entries.length) {
        return err('a setting stands there twice');
    }
    const result = v.safeParse(settings, Object.fromEntries(entries));
    return result.success
        ? ok(result.output)
        : err(describeIssue(result.issues[0]));
}

function parseCaller(untrusted_text: string): Result<string, string> {
    return untrusted_text === 'dom0'
        ? ok(untrusted_text)
        : parseQubeName(untrusted_text);
}
