import type { HostGradients } from "../../diagnostics/decomposeEstimate";
import type { DebugFilter } from "../../protocol/debug";
import { RankAlarm } from "./rankAlarm";

const DECAY = 0.99;

/** Watches the gradients of a run's steps for what the filters name. */
export class Alarms {
  private readonly spike: RankAlarm;
  private readonly flips = new Map<string, { alarm: RankAlarm; mean: Float64Array }>();

  constructor(
    private readonly filters: ReadonlySet<DebugFilter>,
    private readonly window: number,
  ) {
    this.spike = new RankAlarm(window);
  }

  /** Why a step should stop before its update, in one sentence; null when nothing is wrong. Each step is looked at once. */
  look(loss: number, gradients: HostGradients): string | null {
    const finite = this.nonFinite(loss, gradients);
    if (finite !== null) return this.filters.has("non-finite") ? finite : null;
    const squares = [...gradients].map(
      ([name, { values }]) => [name, values.reduce((sum, x) => sum + x * x, 0)] as const,
    );
    const spike = this.filters.has("variance-spike") ? this.spikeOf(squares) : null;
    const flip = this.filters.has("sign-flip") ? this.flipOf(gradients) : null;
    return spike ?? flip;
  }

  private nonFinite(loss: number, gradients: HostGradients): string | null {
    if (!Number.isFinite(loss)) return `The loss is ${loss}.`;
    for (const [name, { values }] of gradients) {
      const bad = values.find((value) => !Number.isFinite(value));
      if (bad !== undefined) return `The gradient of "${name}" holds ${bad}.`;
    }
    return null;
  }

  private spikeOf(squares: readonly (readonly [string, number])[]): string | null {
    const total = squares.reduce((sum, [, square]) => sum + square, 0);
    const sounds = this.spike.sounds(total);
    this.spike.add(total);
    if (!sounds) return null;
    const [name, square] = squares.reduce((most, next) => (next[1] > most[1] ? next : most));
    const share = Math.round((100 * square) / total);
    return `The gradient's norm ${Math.sqrt(total).toPrecision(3)} is the largest of ${this.window + 1} steps; "${name}" makes ${share} % of its square.`;
  }

  private flipOf(gradients: HostGradients): string | null {
    let told: string | null = null;
    for (const [name, { values }] of gradients) {
      const kept = this.flips.get(name) ?? { alarm: new RankAlarm(this.window), mean: new Float64Array(values.length) };
      this.flips.set(name, kept);
      const norm = Math.sqrt(kept.mean.reduce((sum, x) => sum + x * x, 0));
      if (norm > 0) {
        const along = values.reduce((sum, x, i) => sum + x * kept.mean[i]!, 0) / norm;
        if (along < 0 && kept.alarm.sounds(-along))
          told ??= `The gradient of "${name}" points against its running mean, further than in ${this.window} steps.`;
        kept.alarm.add(-along);
      }
      for (let i = 0; i < values.length; i++) kept.mean[i] = DECAY * kept.mean[i]! + (1 - DECAY) * values[i]!;
    }
    return told;
  }
}
