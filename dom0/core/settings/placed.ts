// Picks settings out of those of files: the qube's own first.
import type { PlacedSetting, SettingName } from './setting.ts';

export type Settings = readonly PlacedSetting[];
export type SettingOf<Name extends SettingName> = Extract<
    PlacedSetting,
    { name: Name }
>;

/** All of that name. */
export function all<Name extends SettingName>(
    settings: Settings,
    name: Name,
): SettingOf<Name>[] {
    return settings.filter(
        (each): each is SettingOf<Name> => each.name === name,
    );
}

/** The one that holds: of the first file that has it. */
export function first<Name extends SettingName>(
    files: readonly Settings[],
    name: Name,
): SettingOf<Name> | undefined {
    return files.flatMap((settings) => all(settings, name))[0];
}
