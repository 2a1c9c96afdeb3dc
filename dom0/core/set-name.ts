// Names of rule files that are no qube's: of sets and of tags.
import type { Brand } from '../../shared/brand.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** A set is the file `sets/NAME.rules`. */
export type SetName = Brand<string, 'SetName'>;

/** A tag, as Qubes has them. */
export type TagName = Brand<string, 'TagName'>;

const maxLength = 100;

/** A name that is a file name, and no path. */
export function parseSetName(untrusted_name: string): Result<SetName, string> {
    return untrusted_name.length <= maxLength &&
        /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(untrusted_name)
        ? ok(untrusted_name as SetName)
        : err(
              'not the name of a set: letters, digits, dots, - and _, ' +
                  `${maxLength} at most, the first a letter or digit`,
          );
}

/** As qubes-core-admin qubes/vm/__init__.py, Tags.validate_tag. */
export function parseTagName(untrusted_name: string): Result<TagName, string> {
    return untrusted_name.length <= maxLength &&
        /^[A-Za-z0-9_-]+$/.test(untrusted_name)
        ? ok(untrusted_name as TagName)
        : err(`not a tag: letters, digits, - and _, ${maxLength} at most`);
}
