import { type Command, Option } from "commander";
import { finish } from "../../core/diagnostics/sliced";
import { summariseTrunks } from "../../core/diagnostics/summariseTrunks";
import { restoreEstimators } from "../../core/engine/checkpoint";
import { subject } from "../../core/engine/checkSubject";
import { describedSamples } from "../../core/engine/describedSamples";
import { measureRollout } from "../../core/engine/measureRollout";
import { guard } from "../../core/engine/prepare";
import { requireFinite } from "../../core/engine/requireFinite";
import { readCheckpoint } from "../../core/engine/runFolder";
import { TrunkView } from "../../core/engine/trunkView";
import type { RolloutRecord, TrunkRecord } from "../../core/protocol/trunks";
import { applyCheckpoint } from "../checkpoint";
import { formatInterval, formatNumber, formatShape, formatShare } from "../../core/format";
import { keepInRun } from "../keepInRun";
import { type ModelOptions, withCheckpoint, withModelOptions } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import type { Answering } from "../run";
import { table } from "../table";
import type { Terminal } from "../terminal";

interface TrunksOptions extends ModelOptions {
  readonly example: number;
  readonly passes?: number;
  readonly draws?: number;
  readonly rollout: boolean;
}

/** `gradlens trunks MODEL`: mean-field pass beside sampled passes of one example, MuProp's expansion, and what a rollout would do. */
export function addTrunks(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withCheckpoint(
    withModelOptions(program.command("trunks").description("mean-field pass beside sampled passes of one example")),
  )
    .addOption(new Option("--example <n>", "example of the test set").argParser(wholeNumber(0)).default(0))
    .addOption(new Option("--passes <n>", "sampled passes (default: 64)").argParser(wholeNumber(2)))
    .addOption(
      new Option(
        "--draws <n>",
        "estimates of every example's gradient, for the rollout (default: 200 pairs of estimates)",
      ).argParser(wholeNumber(2)),
    )
    .option("--no-rollout", "leave out what MuProp's rollout would do to the variance");
  answering(command, async (reference: string, options: TrunksOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared, exportName } = model;
    const step = applyCheckpoint(options.checkpoint, prepared);
    const trunks = new TrunkView(prepared).show(options.example, options.passes, step);
    const tensors = options.checkpoint === undefined ? null : readCheckpoint(options.checkpoint).tensors;
    const looked = subject(
      prepared,
      { exportName, at: tensors ? "checkpoint" : "initial", step, driving: prepared.estimatorText },
      (chosen) => tensors && restoreEstimators(chosen.estimators, tensors),
    );
    requireFinite(prepared, looked.data, step, { loss: trunks.sampledLoss, gradients: new Map() });
    const rollout = options.rollout
      ? guard(prepared.file, () =>
          finish(measureRollout(looked, options.draws), (share) => terminal.status(`rollout: ${formatShare(share)}`)),
        )
      : null;
    keepInRun({ trunks: summariseTrunks(trunks) }, model, options, step, terminal);
    if (rollout) keepInRun({ rollout }, model, options, step, terminal);
    const samples = describedSamples(prepared, prepared.specs, options.samples);
    const { data: _, samples: passes, ...record } = trunks;
    return {
      json: { ...about(model, samples), ...record, passes, rollout: rollout && withoutSubject(rollout) },
      text: () =>
        [aboutLine(model, samples), "", report(trunks), ...(rollout ? ["", ...sentences(rollout)] : [])].join("\n"),
    };
  });
}

/** What the answer says of the whole command already. */
function withoutSubject({
  model: _model,
  file: _file,
  exportName: _exportName,
  at: _at,
  step: _step,
  elapsedMs: _elapsedMs,
  ...numbers
}: RolloutRecord): object {
  return numbers;
}

function report({ example, step, samples, layers, ...losses }: TrunkRecord): string {
  const { meanFieldLoss, sampledLoss, sampledLossStandardError } = losses;
  return [
    `example ${example} at step ${step}, ${samples} sampled passes: loss ${formatNumber(sampledLoss)} ± ${formatNumber(1.96 * sampledLossStandardError)} nats (95 %), mean-field ${formatNumber(meanFieldLoss)}`,
    "",
    table(
      [
        { title: "layer" },
        { title: "shape" },
        { title: "distance", align: "right" },
        { title: "f(x̄)", align: "right" },
        { title: "f(x)", align: "right" },
        { title: "SD", align: "right" },
        { title: "residual", align: "right" },
        { title: "SD", align: "right" },
        { title: "foreseen", align: "right" },
      ],
      layers.map(({ node, shape, distance, distanceNoise, expansion: e }) => [
        node,
        formatShape(shape),
        `${formatNumber(distance)} ± ${formatNumber(distanceNoise)}`,
        ...(e
          ? [e.meanFieldCost, e.cost, e.costDeviation, e.residual, e.residualDeviation].map(formatNumber)
          : ["", "", "", "", ""]),
        e ? (e.explained === null ? "unknown" : signedShare(e.explained)) : "",
      ]),
    ),
  ].join("\n");
}

function signedShare(share: number): string {
  return share < 0 ? `−${formatShare(-share)}` : formatShare(share);
}

function sentences({ refusal, whole, parameters, pays, draws, ...cost }: RolloutRecord): string[] {
  if (refusal !== null || !whole) return [`rollout: not measured: ${refusal ?? ""}`];
  const verdict = pays === null ? "the intervals do not tell whether it pays" : pays ? "it pays" : "it does not pay";
  return [
    `rollout: variance ${formatNumber(whole.ratio)} ${formatInterval(whole.interval && [...whole.interval])} times MuProp's at ${formatNumber(cost.secondsRatio)} ${formatInterval(cost.secondsInterval && [...cost.secondsInterval])} times the time, ${formatNumber(cost.evaluationsRatio)} times the evaluations: ${verdict}`,
    "",
    table(
      [
        { title: "parameter" },
        { title: "MuProp", align: "right" },
        { title: "with rollout", align: "right" },
        { title: "ratio", align: "right" },
        { title: "95 % interval", align: "right" },
        { title: "draws", align: "right" },
      ],
      parameters.map(({ name, muprop, rollout, ratio, interval }) => [
        name,
        formatNumber(muprop),
        formatNumber(rollout),
        formatNumber(ratio),
        formatInterval(interval && [...interval]),
        String(draws),
      ]),
    ),
  ];
}
