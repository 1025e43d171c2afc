import { html, setText } from "./dom";
import { formatCount, formatNumber, formatPercent } from "./format";
import type { DataTable, TableColumn } from "./panel";
import { text } from "./text";

/** Rows shown at most; files hold all. */
export const shownRows = 500;

type Cell = string | number | null | undefined;

function cellText(value: Cell, { kind }: TableColumn): string {
  if (value === null || value === undefined) return text("unknown");
  if (typeof value === "string") return value;
  if (kind === "share") return formatPercent(value);
  return kind === "count" ? formatCount(value) : formatNumber(value);
}

function columnTitle({ title, unit }: TableColumn): string {
  return unit === undefined ? title : `${title} (${unit})`;
}

/** Draws a table into a scrolling element; rows and cells are kept, so that reading and scrolling are not disturbed. */
export function renderTable(element: HTMLElement, data: DataTable): void {
  const rows = data.newestFirst
    ? data.rows.slice(-shownRows).sort((a, b) => Number(b[0]) - Number(a[0]))
    : data.rows.slice(0, shownRows);
  let table = element.querySelector("table");
  const key = data.columns.map(columnTitle).join("|");
  if (!table || table.dataset["key"] !== key) {
    table = html("table", {}, html("caption", {}, html("span")), html("thead", {}, html("tr")), html("tbody"));
    table.dataset["key"] = key;
    table.tHead?.rows[0]?.append(
      ...data.columns.map((column) =>
        html("th", { scope: "col", class: column.kind === "text" ? undefined : "numeric" }, columnTitle(column)),
      ),
    );
    element.replaceChildren(table);
  }
  const caption = table.caption?.firstElementChild;
  if (caption) {
    const english = data.newestFirst
      ? "The latest {0} of {1} rows, newest first; exported files hold all."
      : "The first {0} of {1} rows; exported files hold all.";
    const note = data.total > rows.length ? ` ${text(english, formatCount(rows.length), formatCount(data.total))}` : "";
    setText(caption, data.caption + note);
  }
  const body = table.tBodies[0];
  if (!body) return;
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((values, index) => {
    const row = body.rows[index] ?? body.appendChild(html("tr"));
    data.columns.forEach((column, position) => {
      const cell = row.cells[position] ?? row.appendChild(position === 0 ? html("th", { scope: "row" }) : html("td"));
      cell.classList.toggle("numeric", column.kind !== "text");
      setText(cell, cellText(values[position], column));
    });
  });
}

/** Comma-separated values in full precision (RFC 4180); unknown is empty. */
export function tableCsv(data: DataTable): string {
  const field = (value: Cell): string => {
    const plain = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
  };
  return [data.columns.map(columnTitle), ...data.rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** The rows as objects keyed by column title; unknown is null, and so are numbers that JSON cannot hold. */
export function tableJson(data: DataTable): string {
  const rows = data.rows.map((row) =>
    Object.fromEntries(data.columns.map((column, index) => [columnTitle(column), row[index] ?? null])),
  );
  return JSON.stringify({ caption: data.caption, rows }, null, 2) + "\n";
}
