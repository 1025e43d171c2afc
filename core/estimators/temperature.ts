import type { EstimatorState, OptionSpec, Options } from "./estimator";

/** Options of a relaxation's temperature, fixed or falling: max(minimum, T e^(−anneal · step)). */
export const temperatureOptions: readonly OptionSpec[] = [
  {
    name: "temperature",
    summary: "T: low is close to discrete and noisy, high is smooth and biased",
    default: 0.5,
    allowed: "a number above 0",
    accepts: (value) => typeof value === "number" && value > 0,
  },
  {
    name: "anneal",
    summary: "rate at which the temperature falls per training step; 0 keeps it",
    default: 0,
    allowed: "a number of at least 0",
    accepts: (value) => typeof value === "number" && value >= 0,
  },
  {
    name: "minimum",
    summary: "where an annealed temperature stops",
    default: 0.1,
    allowed: "a number above 0",
    accepts: (value) => typeof value === "number" && value > 0,
  },
];

/** A temperature that may fall with the training steps. */
export class Temperature {
  private steps = 0;
  private readonly start: number;
  private readonly rate: number;
  private readonly least: number;

  constructor(options: Options) {
    this.start = options["temperature"] as number;
    this.rate = options["anneal"] as number;
    this.least = Math.min(this.start, options["minimum"] as number);
  }

  get value(): number {
    return Math.max(this.least, this.start * Math.exp(-this.rate * this.steps));
  }

  update(): void {
    this.steps++;
  }

  state(): EstimatorState {
    return { steps: { shape: [1], values: Float32Array.of(this.steps) } };
  }

  restore(state: EstimatorState): void {
    this.steps = state["steps"]?.values[0] ?? 0;
  }
}
