import { formatShape } from "../../format";
import { element } from "../markup";
import type { Section } from "../section";
import { table } from "../table";

/** Checkpoints of the folder, changes of the estimator, the parameters with their lines. */
export const checkpointsSection: Section = {
  id: "checkpoints",
  title: "Parameters and checkpoints",
  about: "What was trained, and what the run's folder holds of it.",
  none: "",
  parts: ({ checkpoints, parameters, changes }) => [
    {
      title: "",
      picture: null,
      below: [
        table(
          "Parameters",
          [{ title: "parameter", words: true }, { title: "shape", words: true }, { title: "line" }],
          parameters.map(({ name, shape, source }) => [
            name,
            shape ? formatShape(shape) : null,
            source ? element("a", { href: `#L${source.line}` }, String(source.line)) : null,
          ]),
        ),
        table(
          checkpoints.length === 0 ? "No checkpoint" : "Checkpoints: the newest two are kept",
          [{ title: "file", words: true }, { title: "step" }, { title: "bytes" }],
          checkpoints.map(({ file, step, bytes }) => [file, step, bytes]),
        ),
        changes.length === 0
          ? null
          : table(
              "Changes of the estimator while training",
              [{ title: "after step" }, { title: "estimator", words: true }],
              changes.map(({ step, estimator }) => [step, estimator]),
            ),
      ],
    },
  ],
};
