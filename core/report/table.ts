import { formatInterval, formatNumber } from "../format";
import { all, type Child, element, type Markup } from "./markup";

export interface TableColumn {
  readonly title: string;
  /** Words begin in one column, numbers end in one. */
  readonly words?: boolean;
}

export type Cell = Child | number | readonly [number, number];

/** Rows that a history shows; the JSON and CSV files hold all. */
const HISTORY_ROWS = 40;

/** A table with a caption; `null` is "unknown", pairs are intervals. The first cell of a row is its head. */
export function table(caption: string, columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): Markup {
  const style = (index: number): string | undefined => (columns[index]?.words ? undefined : "number");
  return element(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element("tr", {}, ...columns.map(({ title }, i) => element("th", { scope: "col", class: style(i) }, title))),
      ),
      element(
        "tbody",
        {},
        ...rows.map((cells) =>
          element(
            "tr",
            {},
            ...cells.map((cell, i) =>
              i === 0
                ? element("th", { scope: "row", class: style(i) }, cellText(cell))
                : element("td", { class: style(i) }, cellText(cell)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** A table of steps that opens on demand and in print: at most 40 rows, evenly from the first to the last. */
export function history(
  title: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
): Markup | null {
  if (rows.length === 0) return null;
  const shown = evenly(rows, HISTORY_ROWS);
  const count = shown.length < rows.length ? `${shown.length} of ${rows.length} rows` : `${rows.length} rows`;
  return element("details", {}, element("summary", {}, `${title}: ${count}`), table(title, columns, shown));
}

/** At most `limit` entries, evenly spread, with the first and the last. */
export function evenly<T>(list: readonly T[], limit: number): readonly T[] {
  if (list.length <= limit) return list;
  return Array.from({ length: limit }, (_, i) => list[Math.round((i * (list.length - 1)) / (limit - 1))]!);
}

/** Names and values, of which `null` is "unknown". */
export function facts(entries: readonly (readonly [name: string, value: Cell])[]): Markup {
  return element(
    "dl",
    {},
    ...entries.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, cellText(value)))),
  );
}

function cellText(cell: Cell): Child {
  if (cell === null) return "unknown";
  if (typeof cell === "number") return Number.isInteger(cell) ? String(cell) : formatNumber(cell);
  if (Array.isArray(cell)) return formatInterval(cell as unknown as readonly [number, number]);
  return cell as Child;
}

export const group = (...children: readonly Child[]): Markup => ({ markup: all(children) });
