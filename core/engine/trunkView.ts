import { tf } from "../backends/tf";
import { gather } from "../data/batches";
import { measureTrunks } from "../diagnostics/trunks";
import { GradlensError } from "../errors";
import type { DataInputs } from "../model/defineModel";
import type { TrunkRecord } from "../protocol/trunks";
import { guard, type Prepared } from "./prepare";

const SAMPLES = 64;

/** Mean-field and sampled trunks of the example that the panels look at. */
export class TrunkView {
  private example = 0;
  private due = 0;
  /** False once the model's text could not take means as values. */
  private working = true;

  constructor(private readonly prepared: Prepared) {}

  /** Trunks of an example of the test set (or of the noise alone without a data set), which is in view from now on. */
  show(example: number, samples: number | undefined, step: number): TrunkRecord {
    const record = this.measure(example, samples ?? SAMPLES, step);
    this.example = example;
    return record;
  }

  /** The example in view anew, for at most 2 % of the time; null when not due. */
  refresh(now: number, step: number): TrunkRecord | null {
    if (!this.working || now < this.due) return null;
    let record: TrunkRecord | null = null;
    try {
      record = this.measure(this.example, SAMPLES, step);
    } catch (error) {
      // A model whose text cannot take means as values still trains; its trunks stay unknown.
      if (!(error instanceof GradlensError)) throw error;
      this.working = false;
    }
    const done = performance.now();
    this.due = done + Math.max(2000, 50 * (done - now));
    return record;
  }

  private measure(example: number, samples: number, step: number): TrunkRecord {
    const { prepared } = this;
    const split = prepared.dataset?.test ?? null;
    if (split && !(Number.isInteger(example) && example >= 0 && example < split.size)) {
      throw new GradlensError(
        "GL1610",
        `example ${example} does not exist; the test set has examples 0 to ${split.size - 1}`,
      );
    }
    const batch = split ? gather(split, Uint32Array.of(example)) : null;
    const data: DataInputs = batch
      ? Object.fromEntries(
          Object.entries(batch.inputs).map(([name, { shape, values }]) => [name, tf.tensor(values, [1, ...shape])]),
        )
      : {};
    const images = Object.fromEntries(Object.entries(split?.inputs ?? {}).map(([name, { image }]) => [name, image]));
    try {
      return guard(prepared.file, () =>
        measureTrunks({
          instance: prepared.instance,
          structure: prepared.structure,
          objective: prepared.objective,
          data,
          images,
          example,
          samples,
          seed: prepared.seed,
          step,
        }),
      );
    } finally {
      tf.dispose(Object.values(data));
    }
  }
}
