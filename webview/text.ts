let strings: Readonly<Record<string, string>> = {};

/** Takes the translations that came with `hydrate`: English text to the user's language. */
export function useStrings(next: Readonly<Record<string, string>>): void {
  strings = next;
}

/** The text in the user's language, `{0}`, `{1}` filled in; the English text where there is no translation. */
export function text(english: string, ...values: readonly (string | number)[]): string {
  return (strings[english] ?? english).replace(/\{(\d)\}/g, (whole, index: string) =>
    String(values[Number(index)] ?? whole),
  );
}
