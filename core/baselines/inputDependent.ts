import { tf } from "../backends/tf";
import type { EstimatorState } from "../estimators/estimator";
import { glorotUniform } from "../model/initializers";
import { foldInName, keyFromSeed } from "../random/threefry";
import { Adam } from "../training/optimizers/adam";
import { MovingMoments } from "./movingMoments";

const HIDDEN = 100;
const LEARNING_RATE = 1e-3;

/**
 * An input-dependent baseline: a network with one hidden layer of 100 tanh units that predicts the centred signal from the node's
 * inputs (Mnih and Gregor, 2014; seed 1, sections 2.2 and 5.1). It works in units of the signal's moving standard deviation, so
 * that one learning rate serves signals of any size, and has an Adam of its own (rate 1e-3).
 */
export class InputDependentBaseline {
  private layers: {
    hiddenWeight: tf.Variable;
    hiddenBias: tf.Variable;
    outWeight: tf.Variable;
    outBias: tf.Variable;
  } | null = null;
  private readonly optimizer = new Adam({ learningRate: LEARNING_RATE });
  private readonly signal = new MovingMoments(0.99);
  private restored: EstimatorState | null = null;
  private hidden: tf.Tensor2D | null = null;
  private predictedUnits: Float32Array | null = null;

  /** B(inputs) in the signal's units, one number per row of `[N, D]`. Zero until the first update. */
  predict(inputs: tf.Tensor2D, keep: boolean): Float32Array {
    const layers = this.ensure(inputs.shape[1]);
    const { hidden, out } = tf.tidy(() => {
      const activation = tf.tanh(
        tf.fused.matMul({ a: inputs, b: layers.hiddenWeight as unknown as tf.Tensor2D, bias: layers.hiddenBias }),
      ) as tf.Tensor2D;
      return {
        hidden: activation,
        out: tf.add(tf.matMul(activation, layers.outWeight as unknown as tf.Tensor2D), layers.outBias),
      };
    });
    const units = out.dataSync<"float32">().slice();
    out.dispose();
    this.hidden?.dispose();
    this.hidden = null;
    if (keep) {
      this.hidden = tf.keep(hidden);
      this.predictedUnits = units;
    } else {
      hidden.dispose();
    }
    const scale = this.scale();
    return units.map((value) => value * scale);
  }

  /** One step on the mean squared error of the standardised centred signal. `centred` has one number per row of `inputs`. */
  update(inputs: tf.Tensor2D, centred: Float32Array): void {
    const { hidden, predictedUnits, layers } = this;
    if (!hidden || !predictedUnits || !layers || centred.some((value) => !Number.isFinite(value))) return;
    const firstTime = this.signal.std === 0;
    const scale = this.scale();
    this.signal.add(centred);
    if (!firstTime) {
      const N = centred.length;
      const residual = new Float32Array(N);
      for (let i = 0; i < N; i++) residual[i] = (2 / N) * (predictedUnits[i]! - centred[i]! / scale);
      tf.tidy(() => {
        const dOut = tf.tensor2d(residual, [N, 1]);
        const dHidden = tf.mul(
          tf.matMul(dOut, layers.outWeight as unknown as tf.Tensor2D, false, true),
          tf.sub(1, tf.square(hidden)),
        ) as tf.Tensor2D;
        this.optimizer.apply([
          { name: "hiddenWeight", variable: layers.hiddenWeight, gradient: tf.matMul(inputs, dHidden, true, false) },
          { name: "hiddenBias", variable: layers.hiddenBias, gradient: tf.sum(dHidden, 0) },
          { name: "outWeight", variable: layers.outWeight, gradient: tf.matMul(hidden, dOut, true, false) },
          { name: "outBias", variable: layers.outBias, gradient: tf.sum(dOut, 0) },
        ]);
      });
    }
    hidden.dispose();
    this.hidden = null;
  }

  state(): EstimatorState {
    const { layers } = this;
    if (!layers) return this.restored ?? {};
    const tensors = Object.fromEntries(
      Object.entries(layers).map(([name, variable]) => [
        `idb/${name}`,
        { shape: variable.shape, values: variable.dataSync<"float32">().slice() },
      ]),
    );
    const moments = Object.fromEntries(
      Object.entries(this.optimizer.state()).map(([name, value]) => [`idb/adam/${name}`, value]),
    );
    return { ...tensors, ...moments, "idb/signal": this.signal.state() };
  }

  restore(state: EstimatorState): void {
    if (state["idb/signal"]) this.signal.restore(state["idb/signal"].values);
    this.restored = Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("idb/")));
    const { layers } = this;
    if (layers) this.fill(layers);
  }

  dispose(): void {
    this.hidden?.dispose();
    this.hidden = null;
    for (const variable of Object.values(this.layers ?? {})) variable.dispose();
    this.layers = null;
    this.optimizer.dispose();
  }

  private scale(): number {
    return this.signal.std === 0 ? 1 : this.signal.std;
  }

  private ensure(inputs: number): NonNullable<typeof this.layers> {
    if (this.layers) return this.layers;
    const key = foldInName(keyFromSeed(inputs), "input-dependent baseline");
    this.layers = tf.tidy(() => ({
      hiddenWeight: tf.variable(glorotUniform(inputs, HIDDEN).make(key)),
      hiddenBias: tf.variable(tf.zeros([HIDDEN])),
      outWeight: tf.variable(tf.zeros([HIDDEN, 1])),
      outBias: tf.variable(tf.zeros([1])),
    }));
    this.fill(this.layers);
    return this.layers;
  }

  private fill(layers: NonNullable<typeof this.layers>): void {
    const { restored } = this;
    if (!restored) return;
    for (const [name, variable] of Object.entries(layers)) {
      const saved = restored[`idb/${name}`];
      if (saved && saved.shape.join() === variable.shape.join())
        tf.tidy(() => variable.assign(tf.tensor(saved.values.slice(), [...saved.shape])));
    }
    this.optimizer.restore(
      Object.fromEntries(
        Object.entries(restored).flatMap(([name, value]) =>
          name.startsWith("idb/adam/") ? [[name.slice("idb/adam/".length), value]] : [],
        ),
      ),
    );
    this.restored = null;
  }
}
