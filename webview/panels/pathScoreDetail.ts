import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { PathScore } from "../../core/protocol/variance";
import { describeColumn } from "../charts/describeColumn";
import { stackSvg } from "../charts/stackSvg";
import { stepFrame } from "../charts/stepFrame";
import { createTimeChart } from "../charts/timeChart";
import type { ZoomDomain } from "../charts/zoomDomain";
import { html, setText } from "../dom";
import { createFactList } from "../factList";
import { formatCount, formatInterval, formatNumber, formatPercent, formatShape } from "../format";
import { icon } from "../icon";
import type { PanelContext } from "../panel";
import { text } from "../text";
import { pathScoreHistory, totalVariance } from "./pathScoreHistory";
import { partSentence } from "./pathScoreText";

export interface PathScoreDetail {
  readonly element: HTMLElement;
  update(snapshot: RunSnapshot, parameter: string): void;
  focus(): void;
  picture(): SVGSVGElement;
  dispose(): void;
}

/** One parameter: the variances of path, score and total derivative over steps, and the best coefficient on the score. */
export function createPathScoreDetail(context: PanelContext, close: () => void): PathScoreDetail {
  const back = html(
    "button",
    { type: "button", class: "tool back", title: text("All parameters"), "aria-label": text("All parameters") },
    icon("back"),
  );
  const title = html("h3", { tabindex: -1 });
  const shape = html("span", { class: "shape" });
  const advice = html("p", {});
  const facts = createFactList([
    ["path", text("Path")],
    ["score", text("Score")],
    ["covariance", text("Covariance")],
    ["coefficient", text("c*")],
    ["draws", text("Draws")],
  ]);
  const reset = html("button", { type: "button", class: "link" }, text("Show all steps"));
  const zoom = (domain: ZoomDomain | null): void => {
    context.view.set({ partsZoom: domain });
    draw();
  };
  const keys = text("Plus and minus zoom, arrows pan, zero shows everything.");
  const variances = createTimeChart(`${text("Variance of path and score over steps.")} ${keys}`, zoom);
  const coefficient = createTimeChart(`${text("Best coefficient on the score over steps.")} ${keys}`, zoom);
  const element = html(
    "div",
    { class: "detail" },
    html("div", { class: "detail-head" }, back, title, shape, html("div", { class: "controls" }, reset)),
    advice,
    facts.element,
    html(
      "div",
      { class: "stack" },
      html("div", { class: "stack-part" }, variances.element),
      html("div", { class: "stack-part" }, coefficient.element),
    ),
  );
  let shown: { snapshot: RunSnapshot; parameter: string } | undefined;
  back.addEventListener("click", close);
  reset.addEventListener("click", () => zoom(null));

  function draw(): void {
    if (!shown) return;
    const { snapshot, parameter } = shown;
    const { steps, records, column } = pathScoreHistory(snapshot.variance, parameter);
    const latest = records.at(-1);
    if (!latest) return;
    setText(title, parameter);
    setText(shape, formatShape(latest.shape));
    setText(advice, partSentence(latest));
    const spread = (value: number | null, interval: PathScore["interval"]): string =>
      `${formatNumber(value)}, ${formatInterval(interval, latest.level)}`;
    facts.set("path", spread(latest.pathVariance, latest.pathInterval));
    facts.set("score", spread(latest.scoreVariance, latest.scoreInterval));
    facts.set("covariance", spread(latest.covariance, latest.covarianceInterval));
    facts.set("coefficient", spread(latest.bestCoefficient, latest.interval));
    facts.set("draws", formatCount(latest.draws));
    const zoomed = context.view.get().partsZoom;
    reset.classList.toggle("invisible", zoomed === null);
    const frame = stepFrame(snapshot, steps);
    const line = (id: string, name: string, look: number, values: Float64Array, more = {}) => ({
      ...{ id, title: name, look, steps, values },
      describe: describeColumn(values),
      ...more,
    });
    const level = formatPercent(latest.level);
    variances.update(
      {
        ...frame,
        series: [
          line(
            "path",
            text("path, {0} band", level),
            0,
            column(({ pathVariance }) => pathVariance),
            {
              low: column(({ pathInterval }) => pathInterval?.[0]),
              high: column(({ pathInterval }) => pathInterval?.[1]),
            },
          ),
          line(
            "score",
            text("score"),
            1,
            column(({ scoreVariance }) => scoreVariance),
          ),
          line("total", text("total derivative"), 2, column(totalVariance)),
        ],
        log: true,
        axis: text("variance"),
      },
      zoomed,
    );
    coefficient.update(
      {
        ...frame,
        series: [
          line(
            "c",
            text("c*, {0} band: 0 pathwise, 1 sticking the landing", level),
            3,
            column((each) => each.bestCoefficient),
            {
              low: column(({ interval }) => interval?.[0]),
              high: column(({ interval }) => interval?.[1]),
              solid: true,
            },
          ),
        ],
        log: false,
        axis: text("c*"),
      },
      zoomed,
    );
  }

  return {
    element,
    update(snapshot, parameter) {
      shown = { snapshot, parameter };
      draw();
    },
    focus: () => title.focus({ preventScroll: true }),
    picture: () => stackSvg([variances, coefficient]),
    dispose() {
      variances.dispose();
      coefficient.dispose();
    },
  };
}
