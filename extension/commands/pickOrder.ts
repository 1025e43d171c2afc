/** One row of a quick pick. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** The choices with the last choice first, marked as such. */
export function lastFirst<T>(choices: readonly Choice<T>[], last: T | undefined, mark: string): readonly Choice<T>[] {
  const index = choices.findIndex(({ value }) => value === last);
  const found = choices[index];
  if (last === undefined || !found) return choices;
  const marked = { ...found, description: found.description ? `${found.description} · ${mark}` : mark };
  return [marked, ...choices.filter((_, other) => other !== index)];
}
