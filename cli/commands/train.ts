import { type Command, Option } from "commander";
import { useBackend } from "../../core/backends/registry";
import { defaultWorkers } from "../../core/engine/pool/workerPool";
import type { TrainingRun } from "../../core/engine/run";
import { GradlensError } from "../../core/errors";
import type { TrainRequest } from "../../core/protocol/engine";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { NodeSettings } from "../../core/protocol/trunks";
import { exitCodes } from "../describeError";
import { formatNumber } from "../../core/format";
import { type ModelOptions, withModelOptions, withWorkersOption } from "../modelOptions";
import { modelReference } from "../modelReference";
import { overrides, requireDataFolder } from "../openModel";
import { positiveNumber, share, wholeNumber } from "../parseValue";
import { checkLines } from "../checkLines";
import { Progress } from "../progress";
import type { Answering } from "../run";
import { splitList } from "../splitList";
import { table } from "../table";
import { trainOnLadder } from "../trainOnLadder";
import type { Terminal } from "../terminal";

interface TrainOptions extends ModelOptions {
  readonly steps?: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  /** A folder, or false for none. */
  readonly runFolder?: string | false;
  readonly resume?: string;
  readonly diagnostics?: number;
  readonly budget?: number;
  readonly likelihood?: number;
  readonly checkBias?: "continuous" | readonly number[];
}

/** `gradlens train MODEL`: trains, evaluates, and leaves a run folder. */
export function addTrain(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withWorkersOption(
    withModelOptions(program.command("train").description("train a model"), { optionalModel: true }),
  )
    .addOption(new Option("--steps <n>", "steps to take").argParser(wholeNumber(1)).conflicts("epochs"))
    .addOption(new Option("--epochs <n>", "passes over the training set").argParser(wholeNumber(1)))
    .addOption(new Option("--learning-rate <rate>", "instead of the model file's").argParser(positiveNumber))
    .option("--run-folder <folder>", "where the run's log and checkpoints go (default: gradlens-runs beside the model)")
    .option("--no-run-folder", "write no run folder")
    .option("--resume <folder>", "go on from a run folder's last checkpoint; no model needed")
    .addOption(
      new Option(
        "--diagnostics <n>",
        "steps between variance measurements, 0 for none (default: by the budget)",
      ).argParser(wholeNumber(0)),
    )
    .addOption(
      new Option("--budget <share>", "share of the time that diagnostics may take").argParser(share).default(0.1),
    )
    .addOption(
      new Option("--likelihood <k>", "at the end -log p of the test set by k importance samples").argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option(
        "--check-bias <when>",
        "check bias beside training: continuous (within the budget), or after these steps, with commas",
      ).argParser(checkTimes),
    )
    .addHelpText("after", "\nCtrl-C ends the run after the current step; its checkpoint stays.");
  answering(command, async (reference: string | undefined, options: TrainOptions) => {
    if (reference === undefined && options.resume === undefined) {
      throw new GradlensError("GL1640", "train needs a model file, or --resume FOLDER; see gradlens train --help", {
        usage: true,
      });
    }
    requireDataFolder(options.data);
    const backend = await useBackend(options.backend);
    const request = trainRequest(reference, options);
    let current: TrainingRun | undefined;
    const progress = new Progress(terminal, () => current!.snapshot);
    const listening = terminal.onInterrupt(() => current?.stop());
    const run = await trainOnLadder(
      request,
      {
        backend: options.backend === "auto" ? "auto" : backend.id,
        onBackend: ({ id, reason }) => terminal.err(`back end ${id}: ${reason}`),
        folderByDefault: options.runFolder !== false,
        workers: options.workers ?? defaultWorkers(),
        onDelta: (delta) => progress.update(delta),
      },
      { onRun: (started) => void (current = started), say: (text) => terminal.err(text) },
    );
    listening();
    const { secondsPerStep, snapshot: last } = run;
    run.dispose();
    if (last.state === "failed") throw new GradlensError("GL1641", last.message ?? "training failed");
    return {
      json: summary(last, secondsPerStep),
      text: () => report(last, secondsPerStep),
      exitCode: last.state === "stopped" ? exitCodes.interrupted : exitCodes.fine,
    };
  });
}

function checkTimes(text: string): "continuous" | readonly number[] {
  return text === "continuous" ? text : splitList(text).map(wholeNumber(1));
}

function trainRequest(reference: string | undefined, options: TrainOptions): TrainRequest {
  const { file, exportName } = modelReference(reference ?? "");
  const { steps, epochs, learningRate, runFolder, resume, diagnostics, budget, likelihood, checkBias } = options;
  return {
    file,
    ...(exportName === undefined ? {} : { exportName }),
    ...overrides(options),
    ...(steps === undefined ? {} : { steps }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(typeof runFolder === "string" ? { runFolder } : {}),
    ...(resume === undefined ? {} : { resume }),
    ...(diagnostics === undefined ? {} : { diagnosticsInterval: diagnostics }),
    ...(budget === undefined ? {} : { diagnosticsBudget: budget }),
    ...(likelihood === undefined ? {} : { likelihoodSamples: likelihood }),
    ...(checkBias === undefined ? {} : { biasChecks: checkBias }),
  };
}

function summary(last: RunSnapshot, secondsPerStep: number | null): Readonly<Record<string, unknown>> {
  const { model, estimator, objective, backend, step, loss, evaluations, runFolder, dataset, seed, batchSize, state } =
    last;
  return {
    model,
    estimator,
    objective,
    backend,
    dataset,
    seed,
    batchSize,
    state,
    steps: step,
    loss,
    evaluation: Object.fromEntries(
      evaluations.map(({ name, value, standardError, samples }) => [name, { value, standardError, samples }]),
    ),
    secondsPerStep,
    runFolder,
    ...(last.settings ? { settings: last.settings } : {}),
    ...(last.biasWatch ? { biasChecks: last.biasWatch.checks } : {}),
  };
}

/** `learned or moved at "h": temperature 0.31`. */
function settingsLine({ node, settings }: NodeSettings): string {
  const values = settings.map(
    ({ name, value, bound }) => `${name} ${formatNumber(value)}${bound ? ` (its ${bound})` : ""}`,
  );
  return `learned or moved at "${node}": ${values.join(", ")}`;
}

function report(last: RunSnapshot, secondsPerStep: number | null): string {
  const { model, estimator, objective, backend, optimizer, state, step, loss, evaluations, runFolder, settings } = last;
  const latest = [...new Map(evaluations.map((record) => [record.name, record])).values()];
  const tail = loss.slice(-100);
  const mean = tail.reduce((total, [, value]) => total + value, 0) / Math.max(1, tail.length);
  return [
    `${model}: ${estimator} · ${objective} · ${optimizer} · ${backend}`,
    `${state} after ${step} steps${secondsPerStep === null ? "" : `, ${formatNumber(1000 * secondsPerStep)} ms a step`}${tail.length === 0 ? "" : `; training loss ${formatNumber(mean)} (mean of the last ${tail.length} recorded)`}`,
    ...(settings ?? []).map(settingsLine),
    ...(latest.length === 0
      ? []
      : [
          "",
          table(
            [
              { title: "evaluation" },
              { title: "nats", align: "right" },
              { title: "± 95 %", align: "right" },
              { title: "samples", align: "right" },
            ],
            latest.map(({ name, value, standardError, samples }) => [
              name,
              value.toFixed(2),
              formatNumber(1.96 * standardError),
              String(samples),
            ]),
          ),
        ]),
    ...(last.biasWatch ? ["", ...checkLines(last.biasWatch)] : []),
    ...(runFolder === null ? [] : ["", `run folder ${runFolder}`]),
  ].join("\n");
}
