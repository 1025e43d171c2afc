import { type Command, Option } from "commander";
import type { BiasReport, ParameterBias } from "../../core/diagnostics/bias";
import { normalisationNotes } from "../../core/diagnostics/normalisationNotes";
import { settle } from "../../core/diagnostics/sliced";
import { biasRecord } from "../../core/engine/checkBias";
import { describedSamples } from "../../core/engine/describedSamples";
import { type BiasMethod, margins, measureBias } from "../../core/engine/measureBias";
import { guardAsync } from "../../core/engine/prepare";
import { applyCheckpoint } from "../checkpoint";
import { exitCodes } from "../describeError";
import { SMALL_TENSOR } from "../elements";
import { formatInterval, formatNumber, formatShape, formatShare } from "../../core/format";
import { keepInRun, looked } from "../keepInRun";
import { type ModelOptions, withCheckpoint, withModelOptions, withWorkersOption } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { share, wholeNumber } from "../parseValue";
import { requireFinite } from "../../core/engine/requireFinite";
import type { Answering } from "../run";
import { table } from "../table";
import type { Terminal } from "../terminal";
import { withWorkers } from "../withWorkers";

interface BiasOptions extends ModelOptions {
  readonly method: BiasMethod;
  readonly draws: number;
  readonly margin?: number;
  readonly level?: number;
  readonly elements?: boolean;
}

const exitCodeOf = { unbiased: exitCodes.fine, biased: exitCodes.biased, undecided: exitCodes.undecided } as const;

/** `gradlens bias MODEL`: is the estimator's mean the gradient? */
export function addBias(program: Command, terminal: Terminal, answering: Answering): void {
  const description = "is the estimator biased, and by how much, per parameter";
  const command = withWorkersOption(withCheckpoint(withModelOptions(program.command("bias").description(description))))
    .addOption(
      new Option("--method <method>", "how the estimator's mean is had")
        .choices(["enumerate", "sample", "auto"])
        .default("auto"),
    )
    .addOption(
      new Option("--draws <n>", "estimates drawn at most when sampling").argParser(wholeNumber(20)).default(2000),
    )
    .addOption(
      new Option(
        "--margin <share>",
        `share of the gradient below which a bias counts as none (default: ${margins.enumerate} enumerated, ${margins.sample} sampled)`,
      ).argParser(share),
    )
    .addOption(
      new Option(
        "--level <share>",
        "confidence level of all intervals and verdicts together, when sampling (default: 0.95)",
      ).argParser(share),
    )
    .option("--elements", `arrays per element; always there for tensors of up to ${SMALL_TENSOR} elements`)
    .addHelpText("after", "\nExit codes: 0 unbiased, 10 biased, 11 undecided, 1 error, 2 wrong usage");
  answering(command, async (reference: string, options: BiasOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    const numSamples = describedSamples(prepared, prepared.specs, options.samples);
    const step = applyCheckpoint(options.checkpoint, prepared);
    const began = performance.now();
    const data = prepared.batch(step);
    const onProgress = (done: number): void => terminal.status(`${formatShare(done)} of the draws`);
    const { method: asked, draws: wanted, margin: within, level: held } = options;
    const alpha = held === undefined ? undefined : 1 - held;
    const measured = await withWorkers(model, options, (workers) => {
      const wish = { data, numSamples, step, method: asked, draws: wanted, margin: within, alpha, workers };
      return guardAsync(prepared.file, () => settle(measureBias(prepared, prepared, wish), onProgress));
    });
    const notes = [...measured.notes, ...normalisationNotes(prepared.specs, prepared.estimators)];
    for (const field of ["exact", "mean"] as const) {
      const values = measured.parameters.flatMap((parameter) =>
        parameter[field] === null ? [] : [[parameter.name, parameter[field]] as const],
      );
      requireFinite(prepared, data, step, { gradients: new Map(values) });
    }
    const record = { ...measured, notes };
    const elapsedMs = performance.now() - began;
    const bias = biasRecord(looked(model, options, step), record, prepared.estimatorText, elapsedMs);
    keepInRun({ bias }, model, options, step, terminal);
    const {
      method,
      verdict,
      reference: compared,
      margin,
      level,
      draws,
      evaluations = null,
      remaining = null,
    } = measured;
    return {
      json: {
        ...about(model, numSamples),
        method,
        verdict,
        reference: compared,
        margin,
        level,
        draws,
        evaluations,
        remaining,
        notes,
        parameters: measured.parameters.map((parameter) => withoutLargeArrays(parameter, options.elements === true)),
      },
      text: () => [aboutLine(model, numSamples), "", report(record)].join("\n"),
      exitCode: exitCodeOf[verdict],
    };
  });
}

function withoutLargeArrays(parameter: ParameterBias, elements: boolean): Readonly<Record<string, unknown>> {
  const size = parameter.shape.reduce((product, axis) => product * axis, 1);
  if (elements || size <= SMALL_TENSOR) return { ...parameter };
  const { name, shape, gradientNorm, relativeBias, interval, cosine, cosineInterval, moreDraws, verdict } = parameter;
  return { name, shape, gradientNorm, relativeBias, interval, cosine, cosineInterval, moreDraws, verdict };
}

function report({
  method,
  verdict,
  parameters,
  reference,
  margin,
  level,
  draws,
  remaining,
  notes,
}: BiasReport): string {
  const how = method === "enumeration" ? "all joint states enumerated" : `${draws} draws`;
  const interval = level === null ? "" : `${formatShare(level)} interval`;
  return [
    `${verdict} (${how}, margin ${formatShare(margin)} of the gradient's norm${method === "enumeration" ? "" : `; compared with ${reference}`})`,
    "",
    table(
      [
        { title: "parameter" },
        { title: "shape" },
        { title: "‖gradient‖", align: "right" },
        { title: "‖bias‖/‖gradient‖", align: "right" },
        ...(interval
          ? [
              { title: interval, align: "right" as const },
              { title: "cosine", align: "right" as const },
            ]
          : []),
        { title: "variance", align: "right" },
        { title: "verdict" },
      ],
      parameters.map(
        ({ name, shape, gradientNorm, relativeBias, interval: ends, cosine = null, variance, verdict: own }) => [
          name,
          formatShape(shape),
          formatNumber(gradientNorm),
          formatNumber(relativeBias),
          ...(interval ? [formatInterval(ends === null ? null : [ends[0], ends[1]]), formatNumber(cosine)] : []),
          formatNumber(variance.reduce((total, value) => total + value, 0)),
          own,
        ],
      ),
    ),
    ...(remaining ? [`cannot tell yet: ${outlook(remaining)}`] : []),
    ...notes.map((note) => `note: ${note}`),
  ].join("\n");
}

function outlook({ draws, minutes }: NonNullable<BiasReport["remaining"]>): string {
  const time = minutes < 1 ? "less than a minute" : `${Math.ceil(minutes)} min`;
  return `about ${draws} more draws, ${time}; raise --draws`;
}
