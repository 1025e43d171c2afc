import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText } from "../dom";
import { formatCount, formatNumber } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawRatioChart, effectWord, ratioEffect } from "./ratioChart";

/** What each node's control variate does to the variance, as the last measurement beside training found it. */
export function createControlVariatesPanel(): Panel {
  const verdict = html("strong", { role: "status" });
  const about = html("span", { class: "quiet" });
  const note = html(
    "p",
    { class: "note" },
    text(
      "Variance of the estimate of a node's logits' gradient with its control variate over that without (log scale); whisker: 95 % interval. At 1 it does nothing; ρ: correlation with the score times the cost; best: the factor on it that would lower the variance most.",
    ),
  );
  const box = createPictureBox({
    label: text("Control variates by node"),
    inputs: ({ controlVariates }) => (controlVariates ? [controlVariates] : null),
    draw: ({ controlVariates }, width) =>
      drawRatioChart(
        controlVariates!.nodes.map(({ node, estimator, varianceRatio, interval, correlation, bestCoefficient }) => ({
          ...{ name: node, detail: estimator, ratio: varianceRatio, interval },
          more: text("ρ {0}, best {1}", formatNumber(correlation), formatNumber(bestCoefficient)),
        })),
        text("Variance with each node's control variate over that without; the table has the numbers."),
        width,
      ),
  });

  return {
    id: "control-variates",
    title: text("Control variates"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text(
          "The estimator has a control variate, such as lr-c, muprop or rebar, and was measured while training",
        ),
        met: snapshot?.controlVariates != null,
        command: { id: "changeEstimator", title: text("Change estimator") },
      },
    ],
    mount(element) {
      element.append(html("div", { class: "check-head" }, verdict, about), box.element, note);
    },
    update(snapshot) {
      const { step, nodes } = snapshot.controlVariates!;
      const harmful = nodes.filter((node) => ratioEffect(node) === "raises").map(({ node }) => node);
      setText(verdict, harmful.length === 0 ? "" : text("Raises the variance at {0}.", harmful.join(", ")));
      setText(about, text("measured at step {0}", formatCount(step)));
      box.update(snapshot);
    },
    table: controlTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}

function controlTable({ controlVariates }: RunSnapshot): DataTable {
  const nodes = controlVariates?.nodes ?? [];
  return {
    caption: controlVariates ? text("Control variates at step {0}", formatCount(controlVariates.step)) : "",
    columns: [
      { title: text("Node"), kind: "text" },
      { title: text("Estimator"), kind: "text" },
      { title: text("Effect"), kind: "text" },
      { title: text("Variance ratio"), kind: "number" },
      { title: text("Interval low"), kind: "number" },
      { title: text("Interval high"), kind: "number" },
      { title: text("Correlation"), kind: "number" },
      { title: text("Best coefficient"), kind: "number" },
    ],
    rows: nodes.map((node) => [
      node.node,
      node.estimator,
      effectWord(ratioEffect(node)),
      node.varianceRatio,
      node.interval?.[0] ?? null,
      node.interval?.[1] ?? null,
      node.correlation,
      node.bestCoefficient,
    ]),
    newestFirst: false,
    total: nodes.length,
  };
}
