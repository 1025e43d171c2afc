import { tf } from "../backends/tf";
import type { EstimatorState } from "../estimators/estimator";
import { gradients, record } from "../gradients/tape";
import { glorotUniform } from "../model/initializers";
import { foldInName, keyFromSeed } from "../random/threefry";
import { Adam } from "../training/optimizers/adam";
import { MovingMoments } from "./movingMoments";

const HIDDEN = 50;
const LEARNING_RATE = 1e-3;
const names = ["valueWeight", "inputWeight", "hiddenBias", "outWeight"] as const;
type Variables = Readonly<Record<(typeof names)[number], tf.Variable>>;

/** What the network is asked for one estimate; N = S·B', D the units of a value. */
export interface CorrectionRequest {
  /** Relaxed values of free noise and given the drawn value, `[N, D]`. */
  readonly free: tf.Tensor2D;
  readonly given: tf.Tensor2D;
  /** What the node's value was drawn from, `[N, E]`. */
  readonly inputs: tf.Tensor2D | null;
  /** The control variate's part of the estimate from r'(free) `[N, D]`, r'(given) `[N, D]` and r(given) `[N, 1]`; linear in all. */
  readonly combine: (freeSlope: tf.Tensor, givenSlope: tf.Tensor, givenValue: tf.Tensor) => tf.Tensor;
  /** The estimate without the network, in `combine`'s shape. */
  readonly plain: tf.Tensor;
  /** While training, the costs `[S, B']` whose spread is the network's unit; else null. */
  readonly signal: tf.Tensor | null;
}

/**
 * A learned control variate r(y, x) = σ_f · w₂ᵀ tanh(y W₁ + x V + b₁), σ_f the signal's moving standard deviation, trained by the
 * gradient of the estimate's mean square (Grathwohl and others, 2018). Zero until its first update; an Adam of its own (rate 1e-3).
 */
export class ControlNetwork {
  private variables: Variables | null = null;
  private readonly optimizer = new Adam({ learningRate: LEARNING_RATE });
  private readonly spread = new MovingMoments(0.99);
  private restored: EstimatorState | null = null;
  /** False while the output's weights are the zeros that they begin as. */
  private learned = false;
  private pending: { readonly gradients: readonly (tf.Tensor | null)[]; readonly signal: Float32Array } | null = null;

  /** What the network adds to the estimate, constant. */
  correction({ free, given, inputs, combine, plain, signal }: CorrectionRequest): tf.Tensor {
    if (!this.learned && !signal) return tf.zerosLike(plain);
    const variables = this.ensure(free.shape[1], inputs?.shape[1] ?? 0);
    const scale = this.spread.std === 0 ? 1 : this.spread.std;
    const network = (y: tf.Tensor2D): { value: tf.Tensor; slope: tf.Tensor } => {
      const weight = variables.valueWeight as unknown as tf.Tensor2D;
      const fromValue = tf.add(tf.matMul(y, weight), variables.hiddenBias);
      const drive = inputs
        ? tf.add(fromValue, tf.matMul(inputs, variables.inputWeight as unknown as tf.Tensor2D))
        : fromValue;
      const hidden = tf.tanh(drive) as tf.Tensor2D;
      const out = tf.mul(variables.outWeight, scale) as tf.Tensor2D; // [H, 1]
      const sensitivity = tf.mul(tf.sub(1, tf.square(hidden)), tf.transpose(out)) as tf.Tensor2D;
      return { value: tf.matMul(hidden, out), slope: tf.matMul(sensitivity, weight, false, true) };
    };
    const evaluate = (): tf.Tensor => {
      const atGiven = network(given);
      return combine(network(free).slope, atGiven.slope, atGiven.value);
    };
    if (!signal) return evaluate();
    const pass = record(() => {
      const correction = evaluate();
      return { correction, square: tf.mean(tf.square(tf.add(plain, correction))) };
    });
    const found = gradients(pass.tape, pass.value.square, Object.values(variables));
    pass.release();
    this.drop();
    this.pending = {
      gradients: found.map((gradient) => gradient && tf.keep(gradient.clone())),
      signal: signal.dataSync<"float32">().slice(),
    };
    return pass.value.correction;
  }

  update(): void {
    const { pending, variables } = this;
    if (!pending || !variables) return;
    if (pending.signal.every((value) => Number.isFinite(value))) {
      this.learned = true;
      this.spread.add(pending.signal);
      this.optimizer.apply(
        names.flatMap((name, i) => {
          const gradient = pending.gradients[i];
          return gradient ? [{ name, variable: variables[name], gradient }] : [];
        }),
      );
    }
    this.drop();
  }

  state(): EstimatorState {
    const { variables } = this;
    if (!variables) return this.restored ?? {};
    const weights = Object.fromEntries(
      names.map((name) => [
        `network/${name}`,
        { shape: variables[name].shape, values: variables[name].dataSync<"float32">().slice() },
      ]),
    );
    const moments = Object.fromEntries(
      Object.entries(this.optimizer.state()).map(([name, value]) => [`network/adam/${name}`, value]),
    );
    return { ...weights, ...moments, "network/spread": this.spread.state() };
  }

  restore(state: EstimatorState): void {
    if (state["network/spread"]) this.spread.restore(state["network/spread"].values);
    this.restored = Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("network/")));
    this.learned = Object.keys(this.restored).length > 0;
    if (this.variables) this.fill(this.variables);
  }

  dispose(): void {
    this.drop();
    for (const variable of Object.values(this.variables ?? {})) variable.dispose();
    this.variables = null;
    this.optimizer.dispose();
  }

  private drop(): void {
    this.pending?.gradients.forEach((gradient) => gradient?.dispose());
    this.pending = null;
  }

  private ensure(units: number, inputs: number): Variables {
    if (this.variables) return this.variables;
    const key = foldInName(keyFromSeed(units), "control network");
    this.variables = tf.tidy(() => ({
      valueWeight: tf.variable(glorotUniform(units, HIDDEN).make(key)),
      inputWeight: tf.variable(
        inputs > 0 ? glorotUniform(inputs, HIDDEN).make(foldInName(key, "inputs")) : tf.zeros([1, HIDDEN]),
      ),
      hiddenBias: tf.variable(tf.zeros([HIDDEN])),
      outWeight: tf.variable(tf.zeros([HIDDEN, 1])),
    }));
    this.fill(this.variables);
    return this.variables;
  }

  private fill(variables: Variables): void {
    const { restored } = this;
    if (!restored) return;
    for (const [name, variable] of Object.entries(variables)) {
      const saved = restored[`network/${name}`];
      if (saved && saved.shape.join() === variable.shape.join())
        tf.tidy(() => variable.assign(tf.tensor(saved.values.slice(), [...saved.shape])));
    }
    this.optimizer.restore(
      Object.fromEntries(
        Object.entries(restored).flatMap(([name, value]) =>
          name.startsWith("network/adam/") ? [[name.slice("network/adam/".length), value]] : [],
        ),
      ),
    );
    this.restored = null;
  }
}
