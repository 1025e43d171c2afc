import { axisBottom, scaleLog, select, type ScaleContinuousNumeric } from "d3";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { ParameterVariance } from "../../core/protocol/variance";
import { html, setText, svg } from "../dom";
import { formatTick } from "../format";
import type { PanelContext } from "../panel";
import { text } from "../text";
import type { ViewState } from "../viewState";
import { latestVariances } from "./parameterHistory";
import { sortVariances } from "./sortVariances";
import { createVarianceRow, rowHeight, type VarianceRow } from "./varianceRow";

/** Room for half a label beside the axis. */
const axisRoom = 16;

export interface VarianceOverview {
  readonly element: HTMLElement;
  update(snapshot: RunSnapshot): void;
  /** Focuses the row of a parameter and brings it into view. */
  show(parameter: string): void;
  rows(): readonly VarianceRow[];
  readonly axis: SVGSVGElement;
  dispose(): void;
}

/** The list of all parameters. Only rows in view are drawn; the order stands still while the pointer or the focus is in the list. */
export function createVarianceOverview(context: PanelContext, open: (parameter: string) => void): VarianceOverview {
  const axisGroup = svg("g", { class: "axis", transform: "translate(0,15)" });
  const axis = svg("svg", { class: "bar", height: 18, "aria-hidden": "true" }, axisGroup);
  const barHead = html("span", { class: "cell bar-cell" }, axis);
  const head = html(
    "div",
    { class: "row head", "aria-hidden": "true" },
    html("span", { class: "cell" }, text("Parameter")),
    barHead,
    html("span", { class: "cell numeric" }, text("Variance")),
    html("span", { class: "cell numeric" }, text("SNR")),
    html("span", { class: "cell spark-cell" }, text("History")),
  );
  const list = html("div", { class: "rows", role: "listbox", "aria-label": text("Gradient variance by parameter") });
  const scroller = html("div", { class: "scroller" }, head, list);
  const held = html("span", { class: "held" });
  const sort = html(
    "select",
    {},
    ...(
      [
        ["variance", text("variance")],
        ["snr", text("SNR, lowest first")],
        ["name", text("name")],
      ] as const
    ).map(([value, title]) => html("option", { value, selected: value === context.view.get().varianceSort }, title)),
  );
  const element = html(
    "div",
    { class: "overview" },
    html(
      "div",
      { class: "controls" },
      html("label", {}, text("Sort by"), sort),
      held,
      html("span", { class: "key" }, keySwatch("monte-carlo"), text("Monte Carlo")),
      html("span", { class: "key" }, keySwatch("data-part"), text("data")),
    ),
    scroller,
    html("p", { class: "note" }, noteText([], false)),
  );
  const note = element.querySelector("p");
  const rows = new Map<string, VarianceRow>();
  let ordered: readonly ParameterVariance[] = [];
  let last: RunSnapshot | undefined;
  let active: string | null = null;

  sort.addEventListener("change", () => {
    context.view.set({ varianceSort: sort.value as ViewState["varianceSort"] });
    if (last) update(last, true);
  });
  scroller.addEventListener("scroll", () => drawVisible(), { passive: true });
  const resize = new ResizeObserver(() => last && update(last));
  resize.observe(scroller);
  list.addEventListener("click", (event) => {
    const name = rowOf(event.target);
    if (name === null) return;
    activate(name, true);
    open(name);
  });
  list.addEventListener("keydown", (event) => {
    const index = ordered.findIndex(({ name }) => name === active);
    const page = Math.max(1, Math.floor(scroller.clientHeight / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: ordered.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      const target = ordered[Math.min(Math.max(move, 0), ordered.length - 1)];
      if (target) activate(target.name, true);
    } else if ((event.key === "Enter" || event.key === " ") && active !== null) open(active);
    else return;
    event.preventDefault();
  });

  function activate(name: string, focus: boolean): void {
    if (active !== null) rows.get(active)?.element.setAttribute("tabindex", "-1");
    active = name;
    const row = rows.get(name)?.element;
    row?.setAttribute("tabindex", "0");
    if (focus) row?.focus({ preventScroll: false });
  }

  function update(snapshot: RunSnapshot, force = false): void {
    last = snapshot;
    const entries = latestVariances(snapshot.variance);
    const names = new Set(entries.map(({ name }) => name));
    for (const [name, row] of rows) {
      if (names.has(name)) continue;
      row.element.remove();
      rows.delete(name);
    }
    const wanted = sortVariances(entries, context.view.get().varianceSort);
    const hold =
      !force && ordered.length === wanted.length && (list.matches(":hover") || list.contains(document.activeElement));
    if (hold) {
      const byName = new Map(entries.map((entry) => [entry.name, entry]));
      const kept = ordered.flatMap(({ name }) => byName.get(name) ?? []);
      setText(held, kept.some(({ name }, index) => name !== wanted[index]?.name) ? text("order held") : "");
      ordered = kept.length === wanted.length ? kept : wanted;
    } else {
      setText(held, "");
      ordered = wanted;
    }
    ordered.forEach(({ name }, index) => {
      let row = rows.get(name);
      if (!row) rows.set(name, (row = createVarianceRow(name)));
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null);
    });
    if (active === null || !names.has(active)) {
      const first = ordered[0];
      if (first) activate(first.name, false);
    }
    const { selectedParameter } = context.view.get();
    for (const { name, element: row } of rows.values())
      row.setAttribute("aria-selected", String(name === selectedParameter));
    if (note) setText(note, noteText(entries, snapshot.views?.includes("refinement") ?? false));
    drawVisible();
  }

  function drawVisible(): void {
    if (!last || scroller.clientHeight === 0) return;
    const width = barHead.clientWidth;
    const x = barScale(ordered, width);
    axis.setAttribute("width", String(width));
    const [low, high] = x.domain() as [number, number];
    const decades = Math.log10(high / low);
    const every = Math.max(1, Math.ceil(decades / Math.max(1, Math.floor(width / 44))));
    const ticks = Array.from(
      { length: Math.floor(decades / every + 1e-9) + 1 },
      (_, index) => low * 10 ** (index * every),
    );
    select(axisGroup).call(
      axisBottom(x)
        .tickValues(ticks)
        .tickSize(-4)
        .tickPadding(-14)
        .tickFormat((value) => formatTick(Number(value))),
    );
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight) - 2);
    const end = first + Math.ceil(scroller.clientHeight / rowHeight) + 4;
    for (const entry of ordered.slice(first, end)) rows.get(entry.name)?.update(entry, last.variance, x, width);
  }

  return {
    element,
    axis,
    update: (snapshot) => update(snapshot),
    show(parameter) {
      if (rows.has(parameter)) activate(parameter, false);
      rows.get(parameter)?.element.scrollIntoView({ block: "nearest" });
    },
    rows() {
      if (last) {
        const width = barHead.clientWidth || 200;
        const x = barScale(ordered, width);
        for (const entry of ordered) rows.get(entry.name)?.update(entry, last.variance, x, width);
      }
      return ordered.flatMap(({ name }) => rows.get(name) ?? []);
    },
    dispose() {
      resize.disconnect();
      element.remove();
    },
  };
}

function keySwatch(kind: string): SVGSVGElement {
  return svg(
    "svg",
    { class: "swatch", width: 18, height: 10, "aria-hidden": "true" },
    svg("rect", { class: kind, width: 18, height: 10 }),
  );
}

function rowOf(target: EventTarget | null): string | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-parameter]") : null;
  return row?.dataset["parameter"] ?? null;
}

/** Whole decades around all totals and intervals; the lower edge is where bars begin. */
function barScale(entries: readonly ParameterVariance[], width: number): ScaleContinuousNumeric<number, number> {
  const values = entries.flatMap(({ total, monteCarlo, interval }) => [total, monteCarlo, interval?.[1] ?? null]);
  const positive = values.filter((value): value is number => value !== null && value > 0 && Number.isFinite(value));
  const high = positive.length > 0 ? Math.ceil(Math.log10(Math.max(...positive)) + 1e-9) : 0;
  const lowest = positive.length > 0 ? Math.floor(Math.log10(Math.min(...positive)) - 1e-9) : -3;
  const low = Math.max(Math.min(lowest, high - 1), high - 12);
  return scaleLog()
    .domain([10 ** low, 10 ** high])
    .range([axisRoom, Math.max(axisRoom + 10, width - axisRoom)]);
}

/** @param refined whether training takes its gradient at refined posteriors */
function noteText(entries: readonly ParameterVariance[], refined: boolean): string {
  const level = entries.find(({ interval }) => interval !== null)?.level ?? 0.95;
  const bars = text(
    "Bar length: variance of one gradient estimate, summed over the tensor (loss²/parameter²), on a log scale; the split shows the parts in proportion. Whisker: {0} % interval of the Monte Carlo part.",
    Math.round(level * 1000) / 10,
  );
  const where = text("Measured at refined posteriors, as training takes the gradient.");
  return refined ? `${bars} ${where}` : bars;
}
