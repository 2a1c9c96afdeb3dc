// What to do where dom0's clock says that what has passed is still to come.
import { passedFile } from '../../core/passed.ts';
import { shownConfig } from '../../paths.ts';

export const clockBackTodo: readonly string[] = [
    'to see what it says: date',
    'if that is right, and it was ahead before: remove the rules that ' +
        '"qvm-filterproxy list" calls expired, and then the file ' +
        `${shownConfig}/${passedFile}`,
];
