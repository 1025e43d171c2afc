import { type Command, Option } from "commander";
import { finish } from "../../core/diagnostics/sliced";
import { sweepKinds } from "../../core/diagnostics/sweeps/registry";
import { aboutSubject } from "../../core/engine/checkBias";
import { describedSamples } from "../../core/engine/describedSamples";
import { guard } from "../../core/engine/prepare";
import { findSweep, sweepModel, type SweepResult } from "../../core/engine/sweepModel";
import { GradlensError } from "../../core/errors";
import type { Measured, SweepSlope } from "../../core/protocol/sweep";
import { applyCheckpoint } from "../checkpoint";
import { formatInterval, formatNumber, formatShare } from "../../core/format";
import { keepInRun, looked } from "../keepInRun";
import { type ModelOptions, withCheckpoint, withModelOptions } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import { splitList } from "../splitList";
import { table } from "../table";
import { tellUnrefined } from "../tellUnrefined";
import type { Terminal } from "../terminal";

interface SweepOptions extends ModelOptions {
  readonly over: string;
  readonly values?: string;
  readonly draws?: number;
}

/** `gradlens sweep MODEL --over WHAT`: bias and variance along one option, under the same noise. */
export function addSweep(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withCheckpoint(
    withModelOptions(program.command("sweep").description("bias² and variance along an option of the estimator")),
  )
    .requiredOption("--over <what>", `what to vary: ${sweepKinds.map(({ id }) => id).join(", ")}`)
    .option("--values <list>", "values to take, with commas")
    .addOption(
      new Option("--draws <n>", "estimates at each value where they are drawn (default: 10 000 rows)").argParser(
        wholeNumber(2),
      ),
    );
  answering(command, async (reference: string, options: SweepOptions) => {
    const { id: over } = findSweep(options.over);
    const values = options.values === undefined ? undefined : splitList(options.values).map(number);
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    tellUnrefined(prepared, terminal);
    const step = applyCheckpoint(options.checkpoint, prepared);
    const { specs, estimatorText: text } = prepared;
    const choose = (asked: string): ReturnType<typeof prepared.chooseEstimators> => {
      const chosen = prepared.chooseEstimators(asked);
      applyCheckpoint(options.checkpoint, prepared, chosen.estimators);
      return chosen;
    };
    const { draws, samples } = options;
    const began = performance.now();
    const result = guard(prepared.file, () =>
      finish(
        sweepModel({
          ...{ prepared, base: { specs, text }, choose, data: prepared.batch(step), step },
          ...{ over, values, draws, samples },
        }),
        (share) => terminal.status(`sweep over ${over}: ${formatShare(share)}`),
      ),
    );
    const subject = aboutSubject(looked(model, options, step), performance.now() - began);
    keepInRun({ sweeps: [{ ...subject, ...result }] }, model, options, step, terminal);
    const described = describedSamples(prepared, specs, samples);
    return {
      json: { ...about(model, described), step, ...result },
      text: () => [aboutLine(model, described), "", report(result), ...remarks(result)].join("\n"),
    };
  });
}

function number(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value))
    throw new GradlensError("GL1415", `--values needs numbers with commas between them, got "${text}"`, {
      usage: true,
    });
  return value;
}

const cells = ({ value, interval }: Measured): [string, string] => [
  formatNumber(value),
  interval && interval[0] === interval[1] ? "exact" : formatInterval(interval && [interval[0], interval[1]]),
];

function report({ over, level, points }: SweepResult): string {
  const interval = { title: `${formatShare(level)} interval`, align: "right" } as const;
  if (over === "samples") {
    return table(
      [
        { title: "parameter" },
        { title: over, align: "right" },
        { title: "variance", align: "right" },
        interval,
        { title: "SNR", align: "right" },
        interval,
      ],
      (points[0]?.parameters ?? []).flatMap(({ name }, i) =>
        points.map(({ value, parameters }) => [
          name,
          String(value),
          ...cells(parameters[i]!.variance),
          ...cells(parameters[i]!.snr),
        ]),
      ),
    );
  }
  return table(
    [
      { title: over, align: "right" },
      { title: "bias²", align: "right" },
      interval,
      { title: "variance", align: "right" },
      interval,
      { title: "mean squared error", align: "right" },
      interval,
    ],
    points.map(({ value, biasSquared, variance, meanSquaredError }) => [
      String(value),
      ...cells(biasSquared),
      ...cells(variance),
      ...cells(meanSquaredError),
    ]),
  );
}

function remarks({ over, reference, best, notWorse, slopes, notes, skipped }: SweepResult): string[] {
  const rivals = notWorse.length > 0 ? `; ${notWorse.join(", ")} cannot be told from it` : "";
  return [
    `bias against ${reference}`,
    ...(best === null ? [] : [`lowest mean squared error: ${over} ${best}${rivals}`]),
    ...slopes.map(slopeLine),
    ...notes.map((note) => `note: ${note}`),
    ...skipped.map((line) => `skipped ${line}`),
  ];
}

function slopeLine({ parameter, quantity, exponent, interval, points }: SweepSlope): string {
  const word = quantity === "snr" ? "SNR" : "variance";
  return `${parameter}: ${word} grows like samples^${formatNumber(exponent)} ${formatInterval(interval && [interval[0], interval[1]])} over the last ${points} values`;
}
