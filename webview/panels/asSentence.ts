/** A note of the engine, which begins with a lower-case letter and ends without a stop, as a sentence. */
export function asSentence(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;
}
