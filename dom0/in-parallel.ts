/** Calls at a time: each may start tools of dom0. */
export const width = 8;

/** Like Promise.all over a map, but not all at once. */
export async function inParallel<Item, T>(
    items: readonly Item[],
    action: (item: Item) => Promise<T>,
): Promise<T[]> {
    const results: T[] = [];
    const rest = items.entries();
    const worker = async () => {
        for (const [index, item] of rest) {
            results[index] = await action(item);
        }
    };
    await Promise.all(Array.from({ length: width }, worker));
    return results;
}
