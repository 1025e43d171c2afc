import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { AttributionRecord, NodeEffect } from "../../core/protocol/variance";
import { html, setText } from "../dom";
import { formatCount } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawAttributionChart } from "./attributionChart";
import { drawnNodes } from "./drawnNodes";

/** Which node's noise causes which parameter's variance, as the last measurements beside training found it. */
export function createAttributionPanel(): Panel {
  const about = html("span", { class: "quiet" });
  const note = html(
    "p",
    { class: "note" },
    text(
      "Share of the Monte Carlo variance that is there because of each node's noise (its total effect). Together they are more than 100 % where nodes interact; what a node's noise decides further down counts as its own. The table has intervals, and what each node does alone.",
    ),
  );
  const box = createPictureBox({
    label: text("Shares of the variance by parameter"),
    inputs: ({ attribution }) => (attribution ? [attribution] : null),
    draw: ({ attribution }, width) => drawAttributionChart(attribution!.parameters, nodesOf(attribution!), width),
  });
  return {
    id: "attribution",
    title: text("Variance by node"),
    applies: (snapshot) => snapshot.attribution != null || drawnNodes(snapshot) >= 2,
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The model draws at least two nodes, and their noise was looked at while training"),
        met: snapshot?.attribution != null,
      },
    ],
    mount(element) {
      element.append(html("div", { class: "check-head" }, about), box.element, note);
    },
    update(snapshot) {
      setText(about, text("measured up to step {0}", formatCount(snapshot.attribution!.step)));
      box.update(snapshot);
    },
    table: attributionTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}

/** Every node once, in an order that does not change with the measurements. */
function nodesOf({ parameters }: AttributionRecord): readonly string[] {
  return [...new Set(parameters.flatMap(({ nodes }) => nodes.map(({ node }) => node)))].sort();
}

function attributionTable({ attribution, model }: RunSnapshot): DataTable {
  const rows = (attribution?.parameters ?? []).flatMap(({ name, nodes }) => nodes.map((effect) => row(name, effect)));
  return {
    caption: attribution ? text("Variance of {0} by node, step {1}", model, formatCount(attribution.step)) : "",
    columns: [
      { title: text("Parameter"), kind: "text" },
      { title: text("Noise of node"), kind: "text" },
      { title: text("Share"), kind: "share" },
      { title: text("Total effect"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("First-order effect"), unit: "loss²/parameter²", kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
    ],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}

function row(parameter: string, effect: NodeEffect): (string | number | null)[] {
  const { node, share, variance, interval, firstOrder, firstOrderInterval: first } = effect;
  return [
    ...[parameter, node, share, variance, interval?.[0] ?? null, interval?.[1] ?? null],
    ...[firstOrder, first?.[0] ?? null, first?.[1] ?? null],
  ];
}
