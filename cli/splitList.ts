/** The items of a list with commas; those inside parentheses belong to an estimator's options. */
export function splitList(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
