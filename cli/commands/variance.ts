import { type Command, Option } from "commander";
import { measureControlVariates } from "../../core/diagnostics/controlVariates";
import { attributeVariance } from "../../core/diagnostics/attribution";
import { exactVariance } from "../../core/diagnostics/exactVariance";
import { measurePathScoreSliced } from "../../core/diagnostics/measurePathScore";
import { type MeasuredVariance, measureVarianceSliced } from "../../core/diagnostics/measureVariance";
import { normalisationNotes } from "../../core/diagnostics/normalisationNotes";
import { settle } from "../../core/diagnostics/sliced";
import { describedSamples } from "../../core/engine/describedSamples";
import { guardAsync } from "../../core/engine/prepare";
import type { ParameterAttribution, PathScore } from "../../core/protocol/variance";
import { isExact } from "../../core/estimators/isExact";
import type { ControlVariateReport } from "../../core/protocol/variance";
import { applyCheckpoint } from "../checkpoint";
import { SMALL_TENSOR } from "../elements";
import { formatInterval, formatNumber, formatShape, formatShare } from "../../core/format";
import { type ModelOptions, withCheckpoint, withModelOptions, withWorkersOption } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { wholeNumber } from "../parseValue";
import { requireFinite } from "../../core/engine/requireFinite";
import type { Answering } from "../run";
import { table } from "../table";
import { isRefined } from "../../core/training/refinement";
import { tellUnrefined } from "../tellUnrefined";
import type { Terminal } from "../terminal";
import { withWorkers } from "../withWorkers";

interface VarianceOptions extends ModelOptions {
  readonly draws: number;
  readonly elements?: boolean;
  readonly byNode?: boolean;
}

/** `gradlens variance MODEL`: Monte Carlo and data variance of one gradient estimate, per parameter. */
export function addVariance(program: Command, terminal: Terminal, answering: Answering): void {
  const description = "variance of the gradient estimate, per parameter";
  const command = withWorkersOption(
    withCheckpoint(withModelOptions(program.command("variance").description(description))),
  )
    .addOption(
      new Option("--draws <n>", "estimates of every example's gradient").argParser(wholeNumber(2)).default(100),
    )
    .option("--elements", `arrays per element; always there for tensors of up to ${SMALL_TENSOR} elements`)
    .option("--by-node", "also which node's noise causes it");
  answering(command, async (reference: string, options: VarianceOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    const refined = isRefined(prepared.definition.options, prepared.structure, prepared.objective, prepared.specs);
    if (!refined) tellUnrefined(prepared, terminal);
    const { instance, structure, objective, estimators, specs, batchSize, seed } = prepared;
    const numSamples = describedSamples(prepared, prepared.specs, options.samples);
    const step = applyCheckpoint(options.checkpoint, prepared);
    const data = prepared.batch(step);
    const hasData = prepared.dataset !== null;
    const elementsUpTo = options.elements ? Infinity : SMALL_TENSOR;
    const request = { instance, structure, objective, data, batchSize, numSamples };
    const drawn = { ...request, specs, estimators, draws: options.draws, seed, step };
    const examples = hasData ? batchSize : 1;
    const { parameters, controlVariates, pathScore, byNode } = await withWorkers(model, options, (workers) =>
      guardAsync(prepared.file, async () => {
        const measured = isExact(specs)
          ? exactVariance(request, hasData, elementsUpTo)
          : await settle(measureVarianceSliced({ ...drawn, examples, hasData, elementsUpTo, refined, workers }));
        requireFinite(prepared, data, step, {
          gradients: new Map(measured.map(({ name, monteCarlo }) => [name, [monteCarlo ?? 0]])),
        });
        return {
          parameters: measured,
          controlVariates: measureControlVariates(drawn),
          // A gradient at refined posteriors has no such parts, and one node, which all its noise is of.
          pathScore: refined ? [] : await settle(measurePathScoreSliced({ ...drawn, examples, workers })),
          byNode:
            options.byNode && !isExact(specs) && !refined
              ? await settle(attributeVariance({ ...drawn, workers }))
              : null,
        };
      }),
    );
    const notes = [
      ...normalisationNotes(specs, estimators),
      ...(refined ? ["measured at refined posteriors (inference), as training takes the gradient"] : []),
    ];
    return {
      json: {
        ...about(model, numSamples),
        step,
        parameters,
        controlVariates,
        ...(pathScore.length > 0 ? { pathScore } : {}),
        ...(byNode ? { attribution: byNode } : {}),
        notes,
      },
      text: () =>
        [
          aboutLine(model, numSamples),
          "",
          report(parameters),
          ...(pathScore.length > 0 ? ["", pathScoreReport(pathScore)] : []),
          ...(byNode ? ["", attributionReport(byNode)] : []),
          ...controlVariates.flatMap(describeControl),
          ...notes.map((note) => `note: ${note}`),
        ].join("\n"),
    };
  });
}

function attributionReport(attribution: readonly ParameterAttribution[]): string {
  return table(
    [
      { title: "parameter" },
      { title: "noise of node" },
      { title: "variance by it", align: "right" },
      { title: "95 % interval", align: "right" },
      { title: "share", align: "right" },
      { title: "by it alone", align: "right" },
      { title: "95 % interval", align: "right" },
    ],
    attribution.flatMap(({ name, nodes }) =>
      nodes.map(({ node, variance, interval, share, firstOrder, firstOrderInterval: first }) => [
        name,
        node,
        formatNumber(variance),
        formatInterval(interval === null ? null : [interval[0], interval[1]]),
        share === null ? "unknown" : formatShare(share),
        formatNumber(firstOrder),
        formatInterval(first === null ? null : [first[0], first[1]]),
      ]),
    ),
  );
}

function pathScoreReport(parts: readonly PathScore[]): string {
  return table(
    [
      { title: "parameter" },
      { title: "path variance", align: "right" },
      { title: "score variance", align: "right" },
      { title: "covariance", align: "right" },
      { title: "best c in total − c · score", align: "right" },
      { title: `${formatShare(parts[0]!.level)} interval`, align: "right" },
      { title: "path over total", align: "right" },
      { title: "interval", align: "right" },
    ],
    parts.map(({ name, pathVariance, scoreVariance, covariance, bestCoefficient, interval, ...ratio }) => [
      name,
      formatNumber(pathVariance),
      formatNumber(scoreVariance),
      formatNumber(covariance),
      formatNumber(bestCoefficient),
      formatInterval(interval),
      formatNumber(ratio.pathToTotal),
      formatInterval(ratio.pathToTotalInterval),
    ]),
  );
}

/** One line for a control variate that does something. */
function describeControl({
  node,
  correlation,
  varianceRatio,
  interval,
  bestCoefficient,
}: ControlVariateReport): string[] {
  if (correlation === null) return [];
  const ratio = `variance ${formatNumber(varianceRatio)} ${formatInterval(interval)} times that without`;
  return [
    `control variate at "${node}": ${ratio}, correlation ${formatNumber(correlation)}, best coefficient ${formatNumber(bestCoefficient)}`,
  ];
}

function report(parameters: readonly MeasuredVariance[]): string {
  const level = formatShare(parameters[0]?.level ?? 0.95);
  return table(
    [
      { title: "parameter" },
      { title: "shape" },
      { title: "Monte Carlo", align: "right" },
      { title: `${level} interval`, align: "right" },
      { title: "data", align: "right" },
      { title: "total", align: "right" },
      { title: "SNR", align: "right" },
      { title: "draws", align: "right" },
    ],
    parameters.map(({ name, shape, monteCarlo, interval, data, total, snr, draws }) => [
      name,
      formatShape(shape),
      formatNumber(monteCarlo),
      formatInterval(interval === null ? null : [interval[0], interval[1]]),
      formatNumber(data),
      formatNumber(total),
      formatNumber(snr),
      String(draws),
    ]),
  );
}
