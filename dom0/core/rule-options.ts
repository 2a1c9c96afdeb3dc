// What may follow the expression of a rule: when it ends, and a comment, which
// goes to the end of the line. `expire=` and `comment=` are qvm-firewall's
// (qubes-core-admin qubes/firewall.py).
import { err, ok, type Result } from '../../shared/result.ts';

export interface RuleOptions {
    /** It holds before that time, in seconds since 1970; null: for ever. */
    readonly expire: number | null;
    /** It holds in that run of its qube only, see moment.ts; null: in any. */
    readonly run: string | null;
    readonly comment: string | null;
}

const none: RuleOptions = { expire: null, run: null, comment: null };

/** Reads what follows the expression, without blanks at its ends. */
export function parseRuleOptions(
    untrusted_text: string,
): Result<RuleOptions, string> {
    return parseRest(untrusted_text, none);
}

function parseRest(
    untrusted_text: string,
    found: RuleOptions,
): Result<RuleOptions, string> {
    if (untrusted_text === '' || untrusted_text.startsWith('#')) {
        return ok(found);
    }
    if (untrusted_text.startsWith('comment=')) {
        const comment = /^[ \t]*(.*)$/.exec(untrusted_text.slice(8))?.[1] ?? '';
        return comment === ''
            ? err('comment= is without a text')
            : ok({ ...found, comment });
    }
    const [, name = '', untrusted_value = '', untrusted_rest = ''] =
        /^([a-z-]+)=([^ \t]*)[ \t]*(.*)$/.exec(untrusted_text) ?? [];
    const parse = options.get(name);
    if (parse === undefined) {
        return err(
            'only expire=TIME, until-shutdown=RUN, comment=TEXT or # and a ' +
                'remark may follow the expression, which ends at its first ' +
                'blank',
        );
    }
    const option = parse(untrusted_value, found);
    return option.ok
        ? parseRest(untrusted_rest, { ...found, ...option.value })
        : option;
}

type Parse = (
    untrusted_value: string,
    found: RuleOptions,
) => Result<Partial<RuleOptions>, string>;

const options: ReadonlyMap<string, Parse> = new Map([
    ['expire', parseExpire],
    ['until-shutdown', parseRun],
]);

function parseExpire(
    untrusted_value: string,
    { expire }: RuleOptions,
): Result<Partial<RuleOptions>, string> {
    if (expire !== null) {
        return err('expire= stands there twice');
    }
    return /^[0-9]{1,11}$/.test(untrusted_value)
        ? ok({ expire: Number(untrusted_value) })
        : err(
              'expire= takes seconds since 1970, as date +%s prints them; ' +
                  'qvm-filterproxy allow --expire takes 2h and the like',
          );
}

function parseRun(
    untrusted_value: string,
    { run }: RuleOptions,
): Result<Partial<RuleOptions>, string> {
    if (run !== null) {
        return err('until-shutdown= stands there twice');
    }
    return /^[0-9a-f]{8}\.[1-9][0-9]{0,4}$/.test(untrusted_value)
        ? ok({ run: untrusted_value })
        : err(
              'until-shutdown= names a run of the qube; to have it written: ' +
                  'qvm-filterproxy allow --until-shutdown',
          );
}

/** As parseRuleOptions() reads them. */
export function renderRuleOptions(options: RuleOptions): string[] {
    const { expire, run, comment } = options;
    return [
        ...(expire === null ? [] : [`expire=${expire}`]),
        ...(run === null ? [] : [`until-shutdown=${run}`]),
        ...(comment === null ? [] : [`comment=${comment}`]),
    ];
}
