import { tf } from "../backends/tf";
import type { EstimatorState, LearnedNumber, MovedSetting, OptionSpec, Options } from "./estimator";
import { ScalarAdam } from "./scalarAdam";

const LEARNING_RATE = 1e-3;

const above0 = { allowed: "a number above 0", accepts: (value: unknown) => typeof value === "number" && value > 0 };

/** Options of a relaxation's temperature: fixed, falling as max(minimum, T e^(−anneal · step)), or learned. */
export const temperatureOptions: readonly OptionSpec[] = [
  {
    name: "temperature",
    summary: "T: low is close to discrete and noisy, high is smooth and biased",
    default: 0.5,
    ...above0,
  },
  {
    name: "anneal",
    summary: "rate at which the temperature falls per training step; 0 keeps it",
    default: 0,
    allowed: "a number of at least 0",
    accepts: (value) => typeof value === "number" && value >= 0,
  },
  {
    name: "learn",
    summary:
      "whether log T is learned while training, by an Adam of its own (rate 0.001) on the pathwise gradient of the relaxed model's loss: that fits the relaxed model, and does not lower the bias",
    default: "no",
    allowed: "yes or no",
    accepts: (value) => value === "yes" || value === "no",
  },
  { name: "minimum", summary: "where an annealed or learned temperature stops", default: 0.1, ...above0 },
  { name: "maximum", summary: "where a learned temperature stops", default: 5, ...above0 },
];

/** Two ways of moving a temperature, or a learned one that starts outside its bounds. */
export function temperatureConflict(options: Options): string | null {
  if (options["learn"] !== "yes") return null;
  const [start, least, most] = [options["temperature"], options["minimum"], options["maximum"]];
  if (options["anneal"] !== 0)
    return `a temperature is learned or annealed, got learn=yes and anneal=${options["anneal"]}`;
  if (least! <= start! && start! <= most!) return null;
  return `a learned temperature starts between minimum ${least} and maximum ${most}, got ${start}`;
}

/** A temperature that may fall with the training steps or be learned on the loss. */
export class Temperature {
  /** Stands for log T among the recorded operations, its value kept beside in float64; null but where it is learned. */
  readonly variable: tf.Variable | null;
  readonly learned: LearnedNumber | null;
  private steps = 0;
  private readonly start: number;
  private readonly rate: number;
  private readonly least: number;
  private readonly most: number;
  private readonly log: ScalarAdam;
  private gradient: number | null = null;

  constructor(options: Options) {
    this.start = options["temperature"] as number;
    this.rate = options["anneal"] as number;
    this.least = Math.min(this.start, options["minimum"] as number);
    this.most = options["maximum"] as number;
    this.log = new ScalarAdam([Math.log(this.start)], LEARNING_RATE);
    const variable = options["learn"] === "yes" ? tf.tidy(() => tf.variable(tf.scalar(0))) : null;
    this.variable = variable;
    this.learned = variable && { variable, receive: (gradient) => (this.gradient = gradient) };
  }

  get value(): number {
    if (this.learned) return Math.exp(this.log.values[0]!);
    return Math.max(this.least, this.start * Math.exp(-this.rate * this.steps));
  }

  update(): void {
    this.steps++;
    if (this.gradient === null) return;
    this.log.apply([this.gradient]);
    this.log.values[0] = Math.min(Math.log(this.most), Math.max(Math.log(this.least), this.log.values[0]!));
    this.gradient = null;
  }

  settings(): readonly MovedSetting[] {
    if (!this.learned) return this.rate === 0 ? [] : [{ name: "temperature", value: this.value }];
    const [log] = this.log.values;
    const bound = log === Math.log(this.least) ? "minimum" : log === Math.log(this.most) ? "maximum" : null;
    return [{ name: "temperature", value: this.value, ...(bound && this.steps > 0 ? { bound } : {}) }];
  }

  state(): EstimatorState {
    const steps = { shape: [1], values: Float32Array.of(this.steps) };
    return this.learned ? { steps, temperature: this.log.state() } : { steps };
  }

  restore(state: EstimatorState): void {
    this.steps = state["steps"]?.values[0] ?? 0;
    if (state["temperature"] && this.learned) this.log.restore(state["temperature"]);
  }

  dispose(): void {
    this.variable?.dispose();
  }
}
