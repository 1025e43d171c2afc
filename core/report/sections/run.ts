import { formatNumber } from "../../format";
import type { Report } from "../report";
import type { Section } from "../section";
import { type Cell, facts, table } from "../table";

/** What ran, on what, and how it ended. */
export const runSection: Section = {
  id: "run",
  title: "Run",
  about: "What was trained, with what, and how it ended.",
  none: "",
  parts: (report) => [{ title: "", picture: null, below: [facts(factsOf(report)), starts(report)] }],
};

const states = {
  finished: "finished",
  stopped: "stopped by a person",
  failed: "failed",
  unfinished: "no end in the log: it still goes on, or its engine ended under it",
} as const;

function factsOf({ run, parameters }: Report): (readonly [string, Cell])[] {
  const { id, learningRate, ...rest } = run.optimizer;
  const options = Object.entries({ ...(learningRate === undefined ? {} : { "learning rate": learningRate }), ...rest });
  const asked = run.steps === null ? (run.epochs === null ? "open" : `${run.epochs} epochs`) : String(run.steps);
  const numbers = parameters.reduce((sum, { shape }) => sum + (shape?.reduce((a, b) => a * b, 1) ?? NaN), 0);
  return [
    ["Model", `${run.model} (export ${run.exportName} of ${run.file})`],
    ["State", run.message === null ? states[run.state] : `${states[run.state]}: ${run.message}`],
    ["Steps", `${run.step} of ${asked}`],
    ["Objective", run.objective],
    ["Estimator", run.estimator],
    ["Samples of each example", run.samples],
    [
      "Optimizer",
      `${String(id)}${options.length === 0 ? "" : ` (${options.map(([name, value]) => `${name} ${String(value)}`).join(", ")})`}`,
    ],
    ["Data", run.dataset ?? "none"],
    ["Batch size", run.batchSize],
    ["Seed", run.seed],
    [
      "Parameters",
      `${parameters.length} tensors${Number.isFinite(numbers) ? `, ${numbers >= 1e5 ? formatNumber(numbers) : numbers} numbers` : ""}`,
    ],
    ["Started", run.startedAt],
    ["Run folder", run.folder],
  ];
}

function starts({ run }: Report): ReturnType<typeof table> {
  const columns = ["Start", "Back end", "Gradient Lens", "TensorFlow.js", "Node"].map((title) => ({
    title,
    words: true,
  }));
  return table(
    "Starts of the run, and what computed",
    columns,
    run.starts.map(({ step, backend, versions }) => [
      step === 0 ? "at the beginning" : `resumed at step ${step}`,
      backend,
      versions?.gradlens ?? null,
      versions?.tensorflow ?? null,
      versions?.node ?? null,
    ]),
  );
}
