import assert from "node:assert/strict";
import { test } from "node:test";
import { tableCsv, tableJson } from "../../../webview/dataTable";
import type { DataTable } from "../../../webview/panel";

const table: DataTable = {
  caption: "A table.",
  columns: [
    { title: "Node", kind: "text" },
    { title: "Variance", unit: "loss²", kind: "number" },
  ],
  rows: [
    ['log p(x, "h")', 0.123456789],
    ["prior", null],
  ],
  newestFirst: false,
  total: 2,
};

test("comma-separated values keep full precision, quote what must be quoted and leave unknown empty", () => {
  assert.equal(tableCsv(table), 'Node,Variance (loss²)\r\n"log p(x, ""h"")",0.123456789\r\nprior,\r\n');
});

test("JSON rows are keyed by column, unknown is null", () => {
  assert.deepEqual(JSON.parse(tableJson(table)), {
    caption: "A table.",
    rows: [
      { Node: 'log p(x, "h")', "Variance (loss²)": 0.123456789 },
      { Node: "prior", "Variance (loss²)": null },
    ],
  });
});
