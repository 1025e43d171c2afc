import type { RunSnapshot } from "../../core/protocol/snapshot";
import { html, setText } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatCount } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { drawPathScoreChart } from "./pathScoreChart";
import { createPathScoreDetail, type PathScoreDetail } from "./pathScoreDetail";
import { latestPathScore, totalVariance } from "./pathScoreHistory";
import { adviceSentence } from "./pathScoreText";
import { onRow } from "./rowChart";

/** The ELBO's gradient taken apart into path and score: what sticking the landing would change, for every parameter. */
export function createPathScorePanel(): Panel {
  const advice = html("strong", { role: "status" });
  const about = html("span", { class: "quiet" });
  let context: PanelContext;
  let detail: PathScoreDetail;
  let chosen: string | null = null;
  const rows = createPictureBox({
    label: text("Path and score by parameter"),
    inputs: ({ variance }) => [latestPathScore(variance)?.parts, chosen],
    draw: ({ variance }, width) => drawPathScoreChart(latestPathScore(variance)?.parts ?? [], width, chosen),
  });
  const note = html(
    "p",
    { class: "note" },
    text(
      "Total derivative = path + score, the score being zero in the mean. Dot: c* of least variance in total − c · score, whisker: 95 % interval. A full dot before the name: sticking the landing lowers the variance; a triangle: it raises it.",
    ),
  );
  const box = html("div", { class: "variance" });

  return {
    id: "path-score",
    title: text("Path and score"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The objective is elbo, and a node's gradient flows through its value, as with pathwise"),
        met: snapshot !== null && latestPathScore(snapshot.variance) !== null,
        command: { id: "changeEstimator", title: text("Change estimator") },
      },
    ],
    applies: ({ variance }) => latestPathScore(variance) !== null,
    mount(element, given) {
      context = given;
      detail = createPathScoreDetail(context, () => {
        const parameter = chosen;
        context.select(null);
        context.redraw();
        box.classList.remove("with-detail");
        rows.element.querySelector<SVGElement>(`[data-row="${CSS.escape(parameter ?? "")}"]`)?.focus();
      });
      onRow(rows.element, (parameter) => context.select(parameter));
      const head = html("div", { class: "check-head" }, advice, about);
      box.append(html("div", { class: "overview" }, head, rows.element, note), detail.element);
      element.append(box);
    },
    update(snapshot) {
      const latest = latestPathScore(snapshot.variance);
      if (!latest) return;
      const { selectedParameter } = context.view.get();
      const opened = latest.parts.some(({ name }) => name === selectedParameter) ? selectedParameter : null;
      const before = chosen;
      chosen = opened;
      setText(advice, adviceSentence(latest.parts, snapshot.estimator));
      setText(about, text("measured at step {0}", formatCount(latest.step)));
      box.classList.toggle("with-detail", opened !== null);
      detail.element.hidden = opened === null;
      const entered = opened !== before && rows.element.contains(document.activeElement);
      rows.update(snapshot);
      if (opened === null) return;
      detail.update(snapshot, opened);
      if (entered) detail.focus();
    },
    table: pathScoreTable,
    svg: () => (chosen === null ? rows.svg() : exportSvg(detail.picture())),
    dispose() {
      rows.dispose();
      detail.dispose();
    },
  };
}

function pathScoreTable({ variance, model }: RunSnapshot, limit = Infinity): DataTable {
  const records = variance.filter(({ pathScore }) => pathScore !== undefined);
  const perRecord = Math.max(1, records.at(-1)?.pathScore?.length ?? 1);
  const unit = "loss²/parameter²";
  const interval = [
    { title: text("Interval low"), kind: "number" },
    { title: text("Interval high"), kind: "number" },
  ] as const;
  const ends = (found: readonly [number, number] | null): readonly (number | null)[] => [
    found?.[0] ?? null,
    found?.[1] ?? null,
  ];
  return {
    caption: text(
      "Path and score part of the gradient of {0}: variances of one estimate of the batch-mean loss at a fixed batch, summed over each tensor's elements.",
      model,
    ),
    columns: [
      { title: text("Step"), kind: "count" },
      { title: text("Parameter"), kind: "text" },
      { title: text("Path"), unit, kind: "number" },
      ...interval,
      { title: text("Score"), unit, kind: "number" },
      ...interval,
      { title: text("Covariance"), unit, kind: "number" },
      ...interval,
      { title: text("Total derivative"), unit, kind: "number" },
      { title: text("Path over total"), kind: "number" },
      ...interval,
      { title: text("Best coefficient c*"), kind: "number" },
      ...interval,
      { title: text("Level"), kind: "share" },
      { title: text("Draws"), kind: "count" },
    ],
    rows: records
      .slice(-Math.ceil(limit / perRecord))
      .flatMap(({ step, pathScore = [] }) =>
        pathScore.map((part) => [
          step,
          part.name,
          part.pathVariance,
          ...ends(part.pathInterval),
          part.scoreVariance,
          ...ends(part.scoreInterval),
          part.covariance,
          ...ends(part.covarianceInterval),
          totalVariance(part),
          part.pathToTotal,
          ...ends(part.pathToTotalInterval),
          part.bestCoefficient,
          ...ends(part.interval),
          part.level,
          part.draws,
        ]),
      ),
    newestFirst: true,
    total: records.reduce((sum, { pathScore = [] }) => sum + pathScore.length, 0),
  };
}
