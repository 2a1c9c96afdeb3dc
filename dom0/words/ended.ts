import type { Report } from '../../shared/protocol/answer.ts';

/** Whose connections were ended, and how many; null if none were. */
export function describeEnded({ ended }: Report): string | null {
    const [only, ...others] = ended;
    if (only === undefined) {
        return null;
    }
    if (others.length > 0) {
        const each = ended.map(
            ({ name, connections }) => `${connections} of ${name}`,
        );
        return `open connections were ended: ${each.join(', ')}`;
    }
    const { name, connections } = only;
    return connections === 1
        ? `1 open connection of ${name} was ended`
        : `${connections} open connections of ${name} were ended`;
}
