import { addTag, removeTag } from '../changes/features.ts';
import { UnexpectedError } from '../errors.ts';
import {
    type AdminCall,
    type AdminMethods,
    lines,
    named,
    plain,
} from './method.ts';

export const tagMethods: AdminMethods = {
    'admin.vm.tag.List': {
        ...plain,
        run: ({ destination }) => lines([...destination.tags].sort()),
    },
    'admin.vm.tag.Get': {
        ...named,
        run: (call) => (call.destination.tags.has(validTag(call)) ? '1' : '0'),
    },
    'admin.vm.tag.Set': {
        ...named,
        run: (call) => {
            addTag(call.system, call.destination, validTag(call));
            return '';
        },
    },
    'admin.vm.tag.Remove': {
        ...named,
        run: (call) => {
            removeTag(call.system, call.destination, validTag(call));
            return '';
        },
    },
};

/** A bad one is a ValueError inside qubesd: an empty reply. */
function validTag({ argument }: AdminCall): string {
    if (!/^[a-zA-Z0-9_-]+$/.test(argument)) {
        throw new UnexpectedError('disallowed characters');
    }
    return argument;
}
