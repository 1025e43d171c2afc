import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { ImageRecord, ImageRow, LatentSpace } from "../../core/protocol/watched";
import { html, setText, svg } from "../dom";
import { exportSvg } from "../exportSvg";
import { formatCount } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { onTheme } from "../theme";
import { createImageStrip, type ImageStrip } from "./imageStrip";
import { axisTitles, drawLatentChart } from "./latentChart";

/** What an image model has learned: examples beside their reconstructions, samples of the model, and the latent space. */
export function createImagesPanel(): Panel {
  const about = html("p", { class: "note" });
  const list = html("div", { class: "strips", tabindex: 0, role: "region", "aria-label": text("Pictures") });
  const strips = new Map<string, ImageStrip>();
  const chooser = html("select");
  const choice = html("label", {}, text("Latent node"), chooser);
  let chosen: string | undefined;
  let last: RunSnapshot | undefined;
  let shown: ImageRecord | undefined;
  let stopTheme: () => void = () => undefined;

  const latentOf = ({ latents }: ImageRecord): LatentSpace | undefined =>
    latents.find(({ node }) => node === chosen) ?? latents[0];
  const box = createPictureBox({
    label: text("Latent space"),
    inputs: ({ images }) => (images && latentOf(images) ? [images, latentOf(images)] : null),
    draw: ({ images }, width, height) => drawLatentChart(latentOf(images!)!, images!.labels, width, height - 4),
  });

  function drawStrips(record: ImageRecord): void {
    shown = record;
    setText(
      about,
      text("Test examples 0 to {0}, measured at step {1}.", record.examples - 1, formatCount(record.step)),
    );
    const keys = record.rows.map(({ kind, name }) => `${kind} ${name}`);
    for (const [key, strip] of strips) {
      if (keys.includes(key)) continue;
      strip.element.remove();
      strips.delete(key);
    }
    record.rows.forEach((row, i) => {
      let strip = strips.get(keys[i] ?? "");
      if (!strip) strips.set(keys[i] ?? "", (strip = createImageStrip()));
      if (list.children[i] !== strip.element) list.insertBefore(strip.element, list.children[i] ?? null);
      const title = rowTitle(row);
      strip.update(row, record.examples, title, text("{0}: {1} pictures", title, record.examples));
    });
    const nodes = record.latents.map(({ node }) => node);
    if (nodes.join() !== [...chooser.options].map(({ value }) => value).join())
      chooser.replaceChildren(...nodes.map((node) => html("option", { value: node }, node)));
    choice.classList.toggle("hidden", nodes.length < 2);
  }

  return {
    id: "images",
    title: text("Reconstructions and latent space"),
    watches: "images",
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      { text: text("The model observes images of its data set"), met: snapshot?.views?.includes("images") ?? false },
      { text: text("They were measured once, while this panel is in view"), met: snapshot?.images != null },
    ],
    applies: ({ views = [] }) => views.includes("images"),
    mount(element) {
      chooser.addEventListener("change", () => {
        chosen = chooser.value;
        box.refresh();
      });
      const latent = html("div", { class: "latent" }, html("div", { class: "controls" }, choice), box.element);
      element.append(html("div", { class: "image-panel" }, html("div", { class: "pictures" }, about, list), latent));
      stopTheme = onTheme(() => shown && drawStrips(shown));
    },
    update(snapshot) {
      last = snapshot;
      const record = snapshot.images!;
      if (record !== shown) drawStrips(record);
      box.update(snapshot);
    },
    table: ({ images, model }) => latentTable(images ?? null, model),
    svg: () => exportSvg(wholePicture([...strips.values()], box.element.querySelector("svg"), last?.model ?? "")),
    dispose() {
      stopTheme();
      box.dispose();
    },
  };
}

/** What a row of pictures shows. */
function rowTitle({ kind, name }: ImageRow): string {
  switch (kind) {
    case "data":
      return text("data {0}", name);
    case "latent":
      return text("probabilities of {0}", name);
    case "mean-field":
      return text("mean of {0}, latents at their means", name);
    case "sample":
      return text("mean of {0}, latents drawn from the guide", name);
    case "prior":
      return text("mean of {0}, latents drawn from the model", name);
  }
}

/** All rows and the latent space below one another; in the page only until the file is made. */
function wholePicture(strips: readonly ImageStrip[], chart: SVGSVGElement | null, model: string): SVGSVGElement {
  const width = Math.max(560, chart?.clientWidth ?? 0);
  let y = 8;
  const rows = strips.flatMap(({ canvas, title }) => {
    const height = (canvas.height / canvas.width) * width;
    const place = { x: 0, y: y + 18, width, height, "image-rendering": "pixelated" };
    const parts = [
      svg("text", { class: "picture-text", x: 0, y: y + 12 }, title),
      svg("image", { ...place, href: canvas.toDataURL("image/png") }),
    ];
    y += height + 28;
    return parts;
  });
  const latent = chart ? (chart.cloneNode(true) as SVGSVGElement) : null;
  latent?.setAttribute("y", String(y));
  const height = y + (chart?.clientHeight ?? 0);
  const picture = svg(
    "svg",
    { class: "chart off-page", width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": model },
    ...rows,
    ...(latent ? [latent] : []),
  );
  document.body.append(picture);
  queueMicrotask(() => picture.remove());
  return picture;
}

function latentTable(images: ImageRecord | null, model: string): DataTable {
  const rows = (images?.latents ?? []).flatMap((latent) => {
    const titles = axisTitles(latent);
    return Array.from({ length: latent.points.length / 2 }, (_, example) => [
      latent.node,
      example,
      images?.labels ? (images.labels[example] ?? null) : "",
      latent.points[2 * example] ?? null,
      latent.units === 1 ? "" : (latent.points[2 * example + 1] ?? null),
      titles.filter(Boolean).join("; "),
    ]);
  });
  return {
    caption: images ? text("Latent means of {0} on test examples at step {1}", model, formatCount(images.step)) : "",
    columns: [
      { title: text("Node"), kind: "text" },
      { title: text("Example"), kind: "count" },
      { title: text("Class"), kind: "count" },
      { title: text("First coordinate"), kind: "number" },
      { title: text("Second coordinate"), kind: "number" },
      { title: text("What they are"), kind: "text" },
    ],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}
