// What becomes of a host that no rule matches: what `!default` says, by which
// the rules are a list of hosts that are allowed, or of those that are not.
import type { Place } from './effective-rules.ts';
import { atLine, type FileProblem } from './file-problem.ts';
import type { RuleFile } from './rule-file.ts';
import type { FileContent } from './shared-files.ts';

export type Default = 'deny' | 'allow';

/** What a file says of it; without a word it is `deny`. */
export function defaultOf({ directives }: RuleFile): Default {
    const said = saidIn({ directives });
    return said[0]?.value ?? 'deny';
}

/** The same of a file that may not be readable. */
export function defaultIn(content: FileContent): Default {
    return content.ok ? defaultOf(content.value) : 'deny';
}

/** A file that concerns a qube by itself. */
export interface RootFile {
    readonly path: string;
    readonly file: RuleFile;
}

/**
 * Why files cannot be put together: rules mean the opposite in one with
 * another default. Of several in one file, too, it is not known which is meant.
 */
export function contradictions(roots: readonly RootFile[]): FileProblem[] {
    const twice = roots.flatMap(({ path, file }) =>
        saidIn(file)
            .slice(1)
            .map(({ line }) =>
                atLine(path, line, 'there is another !default above; keep one'),
            ),
    );
    return [...twice, ...opposites(roots)];
}

function opposites(roots: readonly RootFile[]): FileProblem[] {
    const denying = roots.find(({ file }) => isListOfAllowed(file));
    return denying === undefined
        ? []
        : roots.flatMap(({ path, file }) => {
              const [said] = saidIn(file);
              const message =
                  'with this the rules here say which hosts are refused, but ' +
                  `those of ${denying.path} say which are allowed; a qube can ` +
                  'have one kind only';
              return said?.value === 'allow'
                  ? [atLine(path, said.line, message)]
                  : [];
          });
}

/** One with nothing in it contradicts no other. */
function isListOfAllowed(file: RuleFile): boolean {
    const { rules, directives } = file;
    return defaultOf(file) === 'deny' && rules.length + directives.length > 0;
}

function saidIn({ directives }: Pick<RuleFile, 'directives'>) {
    return directives.flatMap(
        ({ directive, line }): { value: Default; line: Place['line'] }[] =>
            directive.kind === 'default'
                ? [{ value: directive.value, line }]
                : [],
    );
}
