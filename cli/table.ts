export interface Column {
  readonly title: string;
  /** Numbers end in one column, words begin in one. */
  readonly align?: "left" | "right";
}

/** Lines of cells in columns, under their titles; no trailing spaces. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => width(cells[i] ?? ""))));
  return lines
    .map((cells) =>
      columns
        .map(({ align }, i) => {
          const cell = cells[i] ?? "";
          const room = " ".repeat(widths[i]! - width(cell));
          return align === "right" ? room + cell : cell + room;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Characters, not UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}
