import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { TrunkRecord } from "../../core/protocol/trunks";
import { html, setText, svg } from "../dom";
import { exportSvg } from "../exportSvg";
import { createFactList } from "../factList";
import { formatCount, formatNumber, formatPlusMinus } from "../format";
import { icon } from "../icon";
import { runNeed } from "../needs";
import type { Panel, PanelContext } from "../panel";
import { text } from "../text";
import { onTheme } from "../theme";
import { createHeatPicture, type HeatPicture } from "./heatPicture";
import { createTrunkLayer, type TrunkLayerView } from "./trunkLayer";
import { trunksTable } from "./trunksTable";

/** Mean-field trunk beside sampled trunks for one example: what every stochastic layer holds, and what the losses are. */
export function createTrunksPanel(): Panel {
  let context: PanelContext;
  let stopTheme: () => void;
  let last: RunSnapshot | undefined;
  let drawn: TrunkRecord | undefined;
  let asked: number | null = null;
  const layers = new Map<string, TrunkLayerView>();
  const inputs = new Map<string, HeatPicture>();
  const chooser = html("input", { type: "number", min: 0, step: 1, value: 0 });
  const previous = html(
    "button",
    { type: "button", class: "tool", title: text("Previous example"), "aria-label": text("Previous example") },
    icon("previous"),
  );
  const next = html(
    "button",
    { type: "button", class: "tool", title: text("Next example"), "aria-label": text("Next example") },
    icon("next"),
  );
  const waiting = html("span", { class: "held", role: "status" });
  const facts = createFactList([
    ["meanField", text("Mean-field loss")],
    ["sampled", text("Sampled loss")],
    ["gap", text("Sampled − mean-field")],
    ["step", text("At step")],
  ]);
  const inputRow = html("div", { class: "heat-row inputs" });
  const layerList = html("div", { class: "trunk-layers" });

  function ask(example: number): void {
    if (!Number.isInteger(example) || example < 0) {
      chooser.value = String(last?.trunks?.example ?? 0);
      return;
    }
    chooser.value = String(example);
    asked = example;
    context.view.set({ trunkExample: example });
    context.post({ type: "trunks", example });
    setText(waiting, last?.trunks?.example === example ? "" : text("waiting for example {0}", formatCount(example)));
  }

  function draw(record: TrunkRecord): void {
    drawn = record;
    if (asked === record.example) asked = null;
    if (document.activeElement !== chooser && asked === null) chooser.value = String(record.example);
    if (asked === null) setText(waiting, "");
    facts.set("meanField", formatNumber(record.meanFieldLoss, "nats"));
    facts.set(
      "sampled",
      text(
        "{0}, {1} samples",
        formatPlusMinus(record.sampledLoss, record.sampledLossStandardError, "nats"),
        formatCount(record.samples),
      ),
    );
    facts.set(
      "gap",
      formatPlusMinus(record.sampledLoss - record.meanFieldLoss, record.sampledLossStandardError, "nats"),
    );
    facts.set("step", formatCount(record.step));
    for (const { name, shape, image, values: pixels } of record.data) {
      let picture = inputs.get(name);
      if (!picture) {
        picture = createHeatPicture(text("data {0}", name), () => undefined);
        inputs.set(name, picture);
        inputRow.append(picture.element);
      }
      picture.update(
        pixels,
        shape,
        image,
        extent(pixels),
        text("data {0} of example {1}", name, formatCount(record.example)),
      );
    }
    prune(
      inputs,
      record.data.map(({ name }) => name),
      (picture) => picture.element,
    );
    for (const layer of record.layers) {
      let view = layers.get(layer.node);
      if (!view) {
        view = createTrunkLayer(layer.node);
        layers.set(layer.node, view);
        layerList.append(view.element);
      }
      view.update(layer, record);
    }
    prune(
      layers,
      record.layers.map(({ node }) => node),
      (view) => view.element,
    );
  }

  return {
    id: "trunks",
    title: text("Mean-field and sampled trunks"),
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The model draws samples"),
        met: snapshot?.graph.nodes.some(({ kind }) => kind === "stochastic") ?? false,
      },
      { text: text("Trunks of an example have been measured"), met: (snapshot?.trunks?.layers.length ?? 0) > 0 },
    ],
    mount(element, given) {
      context = given;
      const wanted = context.view.get().trunkExample;
      if (wanted !== null) chooser.value = String(wanted);
      element.append(
        html("div", { class: "controls" }, html("label", {}, text("Example"), chooser), previous, next, waiting),
        html(
          "div",
          { class: "trunk-scroll", tabindex: 0, role: "region", "aria-label": text("Trunks") },
          html("div", { class: "trunk-top" }, inputRow, facts.element),
          layerList,
        ),
      );
      chooser.addEventListener("change", () => ask(Number(chooser.value)));
      previous.addEventListener("click", () => ask(Math.max(0, Number(chooser.value) - 1)));
      next.addEventListener("click", () => ask(Number(chooser.value) + 1));
      stopTheme = onTheme(() => drawn && draw(drawn));
    },
    update(snapshot) {
      const first = last === undefined || last.runId !== snapshot.runId;
      last = snapshot;
      if (!snapshot.trunks) return;
      if (snapshot.trunks !== drawn) draw(snapshot.trunks);
      const wanted = context.view.get().trunkExample;
      if (first && wanted !== null && wanted !== snapshot.trunks.example) ask(wanted);
    },
    table: trunksTable,
    svg: () => exportSvg(trunksPicture([...inputs], [...layers])),
    dispose: () => stopTheme(),
  };
}

function prune<T>(views: Map<string, T>, names: readonly string[], element: (view: T) => HTMLElement): void {
  for (const [name, view] of views) {
    if (names.includes(name)) continue;
    element(view).remove();
    views.delete(name);
  }
}

function extent(values: Float32Array): readonly [number, number] {
  let low = 0;
  let high = 1;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** All pictures with their captions; in the page only until the file is made. */
function trunksPicture(
  inputs: readonly (readonly [string, HeatPicture])[],
  layers: readonly (readonly [string, TrunkLayerView])[],
): SVGSVGElement {
  const size = 140;
  const rows = [
    ...(inputs.length > 0 ? [{ title: text("data"), pictures: inputs.map(([, picture]) => picture) }] : []),
    ...layers.map(([title, view]) => ({ title, pictures: view.pictures })),
  ];
  const width = Math.max(1, ...rows.map(({ pictures }) => pictures.length)) * (size + 12) + 12;
  const height = rows.length * (size + 46);
  const label = (x: number, y: number, content: string): SVGTextElement =>
    svg("text", { class: "picture-text", x, y }, content);
  const picture = svg(
    "svg",
    { class: "chart off-page", width, height, viewBox: `0 0 ${width} ${height}` },
    ...rows.flatMap(({ title, pictures }, row) => [
      label(12, row * (size + 46) + 16, title),
      ...pictures.flatMap(({ canvas, element }, index) => {
        const x = 12 + index * (size + 12);
        const y = row * (size + 46) + 22;
        const image = svg("image", {
          x,
          y,
          width: size,
          height: size,
          preserveAspectRatio: "xMidYMin meet",
          "image-rendering": "pixelated",
          href: canvas.toDataURL("image/png"),
        });
        return [image, label(x, y + size + 14, element.querySelector("figcaption")?.textContent ?? "")];
      }),
    ]),
  );
  document.body.append(picture);
  queueMicrotask(() => picture.remove());
  return picture;
}
