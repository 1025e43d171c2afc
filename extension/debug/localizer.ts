import type { l10n } from "vscode";

/** Looks a text up in the editor's language, and puts values in the places of {0}, {1}, … */
export type Localizer = Pick<typeof l10n, "t">;
