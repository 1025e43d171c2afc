import assert from "node:assert/strict";
import { test } from "node:test";
import { LineTracker, locateLine, shiftLine } from "../../../../extension/inline/lineTracker";
import type { TextChange } from "../../../../extension/inline/lineTracker";

const source = ["import x;", "", 'const a = parameter("a", 0);', 'const b = parameter("b", 0);', "end();"];

const offsetOf = (lines: readonly string[], line: number, character: number): number =>
  lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + character;

/** A document that is edited as VS Code does it: ranges in, the same change out. */
function document(lines: readonly string[]): {
  lines: () => readonly string[];
  edit: (
    tracker: LineTracker,
    startLine: number,
    startCharacter: number,
    endLine: number,
    endCharacter: number,
    text: string,
  ) => void;
} {
  let current = [...lines];
  return {
    lines: () => current,
    edit(tracker, startLine, startCharacter, endLine, endCharacter, text) {
      const whole = current.join("\n");
      const from = offsetOf(current, startLine, startCharacter);
      const to = offsetOf(current, endLine, endCharacter);
      current = (whole.slice(0, from) + text + whole.slice(to)).split("\n");
      tracker.apply([{ startLine, startCharacter, endLine, text }], () => current);
    },
  };
}

test("lines inserted above move a line down, lines below leave it", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2, 3], source);
  text.edit(tracker, 0, 9, 0, 9, "\nimport y;\nimport z;");
  text.edit(tracker, 6, 0, 6, 0, "more();\n");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    4,
  );
  assert.equal(
    tracker.current(3, (line) => text.lines()[line]),
    5,
  );
});

test("a line break before the first character moves a line down", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2], source);
  text.edit(tracker, 2, 0, 2, 0, "\n");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    3,
  );
});

test("a line break at the end leaves a line in place", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2], source);
  text.edit(tracker, 2, source[2]!.length, 2, source[2]!.length, "\n");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    2,
  );
});

test("an edit of the line itself clears it, and undoing the edit brings it back", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2, 3], source);
  text.edit(tracker, 2, 22, 2, 23, "5");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    null,
  );
  assert.equal(
    tracker.current(3, (line) => text.lines()[line]),
    3,
  );
  text.edit(tracker, 2, 22, 2, 23, source[2]![22]!);
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    2,
  );
});

test("a change of indentation keeps a line", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2], source);
  text.edit(tracker, 2, 0, 2, 0, "    ");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    2,
  );
});

test("a deleted line has no place; the next line does not take it over", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2, 3], source);
  text.edit(tracker, 2, 0, 3, 0, "");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    null,
  );
  assert.equal(
    tracker.current(3, (line) => text.lines()[line]),
    2,
  );
});

test("a line that was cut and pasted elsewhere is found again", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [2], source);
  text.edit(tracker, 1, 0, 4, 0, "");
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    null,
  );
  text.edit(tracker, 1, 0, 1, 0, `${source[2]}\n`);
  assert.equal(
    tracker.current(2, (line) => text.lines()[line]),
    1,
  );
});

test("joining a line with the one above clears it", () => {
  const text = document(source);
  const tracker = new LineTracker(source, [3], source);
  text.edit(tracker, 2, source[2]!.length, 3, 0, "");
  assert.equal(
    tracker.current(3, (line) => text.lines()[line]),
    null,
  );
});

test("several cursors at once are followed", () => {
  const tracker = new LineTracker(source, [3], source);
  const after = ["// one", source[0]!, "// two", ...source.slice(1)];
  const changes: TextChange[] = [
    { startLine: 1, startCharacter: 0, endLine: 1, text: "// two\n" },
    { startLine: 0, startCharacter: 0, endLine: 0, text: "// one\n" },
  ];
  tracker.apply(changes, () => after);
  assert.equal(
    tracker.current(3, (line) => after[line]),
    5,
  );
});

test("a file that was edited before it was opened is matched by its words", () => {
  const edited = ["// new header", "// second line", ...source];
  assert.equal(locateLine(source, 2, edited), 4);
  assert.equal(locateLine(source, 2, ["nothing alike"]), null);
  assert.equal(locateLine(source, 1, edited), null);
});

test("random edits elsewhere never put a line where its words are not", () => {
  let state = 7;
  const random = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index} words`);
  const text = document(lines);
  const tracker = new LineTracker(lines, [5, 15, 25], lines);
  for (let round = 0; round < 300; round++) {
    const count = text.lines().length;
    const startLine = random(count);
    const endLine = Math.min(count - 1, startLine + random(2));
    const startCharacter = random((text.lines()[startLine]?.length ?? 0) + 1);
    const endCharacter = startLine === endLine ? startCharacter : random((text.lines()[endLine]?.length ?? 0) + 1);
    text.edit(tracker, startLine, startCharacter, endLine, endCharacter, ["", "\n", "x", "\ny\n"][random(4)]!);
    for (const line of [5, 15, 25]) {
      const place = tracker.current(line, (at) => text.lines()[at]);
      if (place !== null) assert.equal(text.lines()[place]?.trim(), `line ${line} words`);
    }
  }
});

test("shiftLine says that a line whose beginning was deleted is gone", () => {
  assert.equal(shiftLine(3, { startLine: 1, startCharacter: 0, endLine: 4, text: "" }), null);
  assert.equal(shiftLine(3, { startLine: 1, startCharacter: 0, endLine: 2, text: "a\nb\nc" }), 4);
});
