import { valueError } from '../errors.ts';

/** qubesd's rules for names, and its words (qubes/vm/__init__.py). */
export function validateQubeName(untrusted_name: string): void {
    if (untrusted_name.length > 31) {
        throw valueError('VM name must be shorter than 32 characters');
    }
    if (/^[0-9_.-]/.test(untrusted_name)) {
        throw valueError(
            'VM name cannot start with hyphen, underscore, dot or numbers',
        );
    }
    if (!/^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(untrusted_name)) {
        throw valueError('VM name contains illegal characters');
    }
    if (untrusted_name === 'Domain-0') {
        throw valueError("VM name cannot be 'Domain-0'");
    }
    if (['none', 'default'].includes(untrusted_name)) {
        throw valueError("VM name cannot be 'none' nor 'default'");
    }
    if (untrusted_name.endsWith('-dm')) {
        throw valueError('VM name cannot end with -dm');
    }
}
