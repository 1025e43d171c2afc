import type { RunSnapshot } from "../core/protocol/snapshot";
import type { EngineState } from "../core/protocol/webview";
import { renderTable, shownRows, tableCsv, tableJson } from "./dataTable";
import { html } from "./dom";
import { icon } from "./icon";
import { menuButton } from "./menuButton";
import { renderNeeds } from "./needs";
import type { Panel, PanelContext } from "./panel";
import { text } from "./text";

/** Tables are read, not watched: they follow at most once a second. */
const tableIntervalMs = 1000;

/** The frame of a panel: title, table and export and maximise buttons, empty state. */
export interface Tile {
  readonly element: HTMLElement;
  update(snapshot: RunSnapshot | null, engine: EngineState): void;
  dispose(): void;
}

export function createTile(panel: Panel, context: PanelContext): Tile {
  const { view } = context;
  const toggle = html(
    "button",
    { type: "button", class: "tool", title: text("Show data as table"), "aria-label": text("Show data as table") },
    icon("table"),
  );
  const maximise = html("button", { type: "button", class: "tool" });
  const menu = menuButton(text("Export"), "export", [
    { title: text("SVG picture"), run: () => save("svg") },
    { title: text("CSV table"), run: () => save("csv") },
    { title: text("JSON data"), run: () => save("json") },
  ]);
  const body = html("div", { class: "tile-body" });
  const table = html("div", {
    class: "tile-table",
    tabindex: 0,
    role: "region",
    "aria-label": text("{0}: data", panel.title),
  });
  const empty = html("div", { class: "tile-empty" });
  const element = html(
    "section",
    { class: "tile", "aria-labelledby": `tile-${panel.id}` },
    html(
      "header",
      { class: "tile-head" },
      html("h2", { id: `tile-${panel.id}` }, panel.title),
      html("div", { class: "tile-tools" }, toggle, menu, maximise),
    ),
    body,
    table,
    empty,
  );
  element.dataset["panel"] = panel.id;
  panel.mount(body, context);

  let last: RunSnapshot | null = null;
  let tableAt = -Infinity;
  let later: ReturnType<typeof setTimeout> | undefined;

  function save(format: "svg" | "csv" | "json"): void {
    if (!last) return;
    const name = `${last.model}-${panel.id}`;
    const content =
      format === "svg" ? panel.svg() : format === "csv" ? tableCsv(panel.table(last)) : tableJson(panel.table(last));
    context.post({ type: "export", name, format, text: content });
  }

  function drawTable(): void {
    later = undefined;
    if (!last || table.hidden) return;
    tableAt = performance.now();
    renderTable(table, panel.table(last, shownRows));
  }

  toggle.addEventListener("click", () => {
    const { tables } = view.get();
    view.set({ tables: tables.includes(panel.id) ? tables.filter((id) => id !== panel.id) : [...tables, panel.id] });
    tableAt = -Infinity;
    context.redraw();
  });
  maximise.addEventListener("click", () => {
    view.set({ maximised: view.get().maximised === panel.id ? null : panel.id });
    context.redraw();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || view.get().maximised !== panel.id || event.defaultPrevented) return;
    view.set({ maximised: null });
    context.redraw();
    maximise.focus();
  });

  return {
    element,
    update(snapshot, engine) {
      const { maximised, tables } = view.get();
      const large = maximised === panel.id;
      element.classList.toggle("maximised", large);
      const applies = large || snapshot === null || (panel.applies?.(snapshot) ?? true);
      element.hidden = !applies || (maximised !== null && !large);
      const label = large ? text("Restore") : text("Maximise");
      if (maximise.title !== label) {
        maximise.title = label;
        maximise.setAttribute("aria-label", label);
        maximise.replaceChildren(icon(large ? "restore" : "maximise"));
      }
      const needs = panel.needs(snapshot, engine);
      const ready = snapshot !== null && needs.every(({ met }) => met);
      const asTable = ready && tables.includes(panel.id);
      toggle.setAttribute("aria-pressed", String(tables.includes(panel.id)));
      body.hidden = !ready || asTable;
      table.hidden = !asTable;
      empty.hidden = ready;
      element.classList.toggle("unready", !ready);
      last = ready ? snapshot : null;
      menu.querySelector("button")?.toggleAttribute("disabled", !ready);
      toggle.toggleAttribute("disabled", !ready);
      if (!ready) renderNeeds(empty, needs, context);
      if (!last || element.hidden) return;
      if (asTable) later ??= setTimeout(drawTable, Math.max(0, tableAt + tableIntervalMs - performance.now()));
      else panel.update(last);
    },
    dispose() {
      clearTimeout(later);
      panel.dispose();
      element.remove();
    },
  };
}
