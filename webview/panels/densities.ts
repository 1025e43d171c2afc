import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { DensityRecord, PartDensity } from "../../core/protocol/watched";
import { html, setText } from "../dom";
import { formatCount, formatPercent } from "../format";
import { runNeed } from "../needs";
import type { DataTable, Panel, PanelContext } from "../panel";
import { createPictureBox } from "../pictureBox";
import { text } from "../text";
import { binDensity, densityCurves, drawDensityChart } from "./densityChart";

/** How the elements of path and score part are distributed, for one parameter at a time. */
export function createDensitiesPanel(): Panel {
  let context: PanelContext;
  const chooser = html("select");
  const about = html("span", { class: "quiet" });
  const note = html("p", { class: "note" });

  /** The one that is chosen in all panels, where it has a density. */
  function current({ parameters }: DensityRecord): PartDensity {
    const { selectedParameter } = context.view.get();
    return parameters.find(({ name }) => name === selectedParameter) ?? parameters[0]!;
  }
  const box = createPictureBox({
    label: text("Curves of path and score"),
    inputs: ({ densities }) => (densities ? [densities, current(densities)] : null),
    draw: ({ densities }, width, height) => drawDensityChart(current(densities!), width, height - 4),
  });

  return {
    id: "densities",
    title: text("Densities of path and score"),
    watches: "densities",
    needs: (snapshot, engine) => [
      runNeed(snapshot, engine),
      {
        text: text("The objective is elbo, and a node's gradient flows through its value, as with pathwise"),
        met: snapshot?.views?.includes("densities") ?? false,
        command: { id: "changeEstimator", title: text("Change estimator") },
      },
      { text: text("They were measured once, while this panel is in view"), met: snapshot?.densities != null },
    ],
    applies: ({ views = [] }) => views.includes("densities"),
    mount(element, given) {
      context = given;
      chooser.addEventListener("change", () => context.select(chooser.value));
      const head = html("div", { class: "controls" }, html("label", {}, text("Parameter"), chooser), about);
      element.append(head, box.element, note);
    },
    update(snapshot) {
      const record = snapshot.densities!;
      const names = record.parameters.map(({ name }) => name);
      if (names.join() !== [...chooser.options].map(({ value }) => value).join())
        chooser.replaceChildren(...names.map((name) => html("option", { value: name }, name)));
      const { name, values, zeroShare, low, high } = current(record);
      if (document.activeElement !== chooser || chooser.value !== name) chooser.value = name;
      setText(about, text("measured at step {0}", formatCount(record.step)));
      const ends = text("{0} values of each part, 98 % of the widest inside.", formatCount(values));
      const left =
        zeroShare > 0
          ? text("Left out: {0} of the elements, where both are exactly zero.", formatPercent(zeroShare))
          : "";
      const pointless = high > low ? "" : text("All values are zero.");
      setText(note, [ends, left, pointless].filter(Boolean).join(" "));
      box.update(snapshot);
    },
    table: densityTable,
    svg: () => box.svg(),
    dispose: () => box.dispose(),
  };
}

function densityTable({ densities }: RunSnapshot): DataTable {
  const rows = (densities?.parameters ?? []).flatMap((parameter) =>
    densityCurves(parameter).flatMap(({ title, counts }) =>
      Array.from(counts, (count, bin) => {
        const width = (parameter.high - parameter.low) / counts.length;
        const from = parameter.low + bin * width;
        return [parameter.name, title, from, from + width, count, binDensity(counts, bin, parameter)];
      }),
    ),
  );
  return {
    caption: densities
      ? text("Elements of path and score part at step {0}, counted in bins", formatCount(densities.step))
      : "",
    columns: [
      { title: text("Parameter"), kind: "text" },
      { title: text("Part"), kind: "text" },
      { title: text("From"), unit: "loss/parameter", kind: "number" },
      { title: text("To"), unit: "loss/parameter", kind: "number" },
      { title: text("Values"), kind: "count" },
      { title: text("Density"), kind: "number" },
    ],
    rows,
    newestFirst: false,
    total: rows.length,
  };
}
