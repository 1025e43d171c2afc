import { PathScoreMoments } from "./pathScoreMoments";

/** The last few measurements of every parameter's path and score part, taken together. */
export class PathScoreWindow {
  private readonly recent = new Map<string, PathScoreMoments[]>();

  /** @param size measurements kept */
  constructor(private readonly size: number) {}

  /** Takes in a parameter's newest measurement; returns it together with those before. */
  add(parameter: string, newest: PathScoreMoments): PathScoreMoments {
    const parts = [...(this.recent.get(parameter) ?? []), newest].slice(-this.size);
    this.recent.set(parameter, parts);
    return PathScoreMoments.pooled(parts);
  }

  /** Forgets everything: the estimator was changed. */
  clear(): void {
    this.recent.clear();
  }
}
