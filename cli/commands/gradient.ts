import type { Command } from "commander";
import { tf } from "../../core/backends/tf";
import { exactGradient } from "../../core/diagnostics/exactGradient";
import { guard, type Prepared } from "../../core/engine/prepare";
import { isExact } from "../../core/estimators/isExact";
import { estimateGradient } from "../../core/gradients/gradient";
import type { DataInputs } from "../../core/model/defineModel";
import { Noise } from "../../core/random/noise";
import { applyCheckpoint } from "../checkpoint";
import { formatNumber, formatShape } from "../../core/format";
import { type ModelOptions, withCheckpoint, withModelOptions } from "../modelOptions";
import { about, aboutLine, openModel } from "../openModel";
import { requireFinite } from "../../core/engine/requireFinite";
import type { Answering } from "../run";
import { table } from "../table";
import { tellUnrefined } from "../tellUnrefined";
import type { Terminal } from "../terminal";

interface Estimate {
  readonly gradients: ReadonlyMap<string, Float64Array>;
  readonly loss: number;
}

/** `gradlens gradient MODEL`: one estimate of the gradient of the batch-mean loss, decided by the seed. */
export function addGradient(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withCheckpoint(
    withModelOptions(program.command("gradient").description("one estimate of the gradient, by seed")),
  );
  answering(command, async (reference: string, options: ModelOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    tellUnrefined(prepared, terminal);
    const { numSamples } = prepared;
    const step = applyCheckpoint(options.checkpoint, prepared);
    const data = prepared.batch(step);
    const { gradients, loss } = guard(prepared.file, () =>
      isExact(prepared.specs) ? exact(prepared, data) : estimate(prepared, data, step),
    );
    requireFinite(prepared, data, step, { loss, gradients });
    const parameters = prepared.instance.parameters.map(({ name, shape }) => ({
      name,
      shape,
      values: [...gradients.get(name)!],
    }));
    return {
      json: { ...about(model, numSamples), loss, parameters },
      text: () =>
        [
          aboutLine(model, numSamples),
          `loss ${formatNumber(loss)} nats`,
          "",
          table(
            [{ title: "parameter" }, { title: "shape" }, { title: "norm", align: "right" }, { title: "first values" }],
            parameters.map(({ name, shape, values }) => [
              name,
              formatShape(shape),
              formatNumber(Math.sqrt(values.reduce((total, value) => total + value * value, 0))),
              values.slice(0, 6).map(formatNumber).join("  ") + (values.length > 6 ? "  …" : ""),
            ]),
          ),
        ].join("\n"),
    };
  });
}

function estimate(prepared: Prepared, data: DataInputs, step: number): Estimate {
  const { instance, structure, objective, estimators, seed, numSamples, batchSize } = prepared;
  const noise = new Noise({ seed, step, numSamples, numRows: batchSize, replicates: 1, firstReplicate: 0 });
  const { gradients, loss } = estimateGradient(instance, {
    structure,
    objective,
    estimators,
    data,
    noise,
    training: false,
  });
  const values = new Map([...gradients].map(([name, gradient]) => [name, Float64Array.from(gradient.dataSync())]));
  tf.dispose([...gradients.values()]);
  return { gradients: values, loss };
}

function exact({ instance, structure, objective, numSamples, batchSize }: Prepared, data: DataInputs): Estimate {
  return exactGradient({ instance, structure, objective, data, batchSize, numSamples });
}
