/** One edit of a document, positions counted from 0, as VS Code's content changes have it. */
export interface TextChange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly text: string;
}

interface TrackedLine {
  readonly source: number;
  readonly text: string;
  /** Where the line is now, counted from 0; null once it was deleted. */
  line: number | null;
}

/** Where a line lies after an edit, or null when its beginning was deleted. */
export function shiftLine(line: number, change: TextChange): number | null {
  const added = change.text.split("\n").length - 1;
  const removed = change.endLine - change.startLine;
  if (change.startLine > line) return line;
  if (change.startLine === line) {
    // Text put before the line's first character moves it down; anything else happens on the line itself.
    return change.startCharacter === 0 && removed === 0 ? line + added : line;
  }
  if (change.endLine < line) return line + added - removed;
  return change.endLine === line ? line + added - removed : null;
}

/**
 * Line of `source` (counted from 0) in another version of the same text: the nearest line with the same words, null when
 * there is none.
 */
export function locateLine(sourceLines: readonly string[], source: number, lines: readonly string[]): number | null {
  const wanted = sourceLines[source]?.trim();
  if (wanted === undefined || wanted === "") return null;
  for (let distance = 0; distance < lines.length + source; distance++) {
    for (const line of distance === 0 ? [source] : [source - distance, source + distance]) {
      if (lines[line]?.trim() === wanted) return line;
    }
  }
  return null;
}

/**
 * Follows lines of a model file through the edits of an open document. A line whose own words were changed has no place
 * until they are back (undo), so that no number stands beside code it was not measured on.
 */
export class LineTracker {
  private readonly tracked: TrackedLine[] = [];

  /** @param sources lines to follow, counted from 0 in `sourceLines`, the text that the engine read */
  constructor(
    private readonly sourceLines: readonly string[],
    sources: Iterable<number>,
    documentLines: readonly string[],
  ) {
    for (const source of new Set(sources)) {
      const line = locateLine(sourceLines, source, documentLines);
      if (line !== null) this.tracked.push({ source, text: sourceLines[source]?.trim() ?? "", line });
    }
  }

  /** Takes over edits, in the order in which VS Code reports them; a deleted line that came back is found again. */
  apply(changes: readonly TextChange[], documentLines: () => readonly string[]): void {
    for (const tracked of this.tracked) {
      for (const change of changes) {
        if (tracked.line !== null) tracked.line = shiftLine(tracked.line, change);
      }
    }
    const lost = this.tracked.filter(({ line }) => line === null);
    if (lost.length === 0) return;
    const lines = documentLines();
    for (const tracked of lost) tracked.line = locateLine(this.sourceLines, tracked.source, lines);
  }

  /** Current line of a source line, null when it is deleted or edited. */
  current(source: number, lineText: (line: number) => string | undefined): number | null {
    const tracked = this.tracked.find((entry) => entry.source === source);
    if (!tracked || tracked.line === null) return null;
    return lineText(tracked.line)?.trim() === tracked.text ? tracked.line : null;
  }
}
