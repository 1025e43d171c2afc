/** The last few measurements of every parameter, taken together: one beside training has too few draws for a tight interval. */
export class MomentsWindow<T> {
  private readonly recent = new Map<string, T[]>();

  /**
   * @param size measurements kept
   * @param pool several measurements as one
   */
  constructor(
    private readonly size: number,
    private readonly pool: (parts: readonly T[]) => T,
  ) {}

  /** Takes in a parameter's newest measurement; returns it together with those before. */
  add(parameter: string, newest: T): T {
    const parts = [...(this.recent.get(parameter) ?? []), newest].slice(-this.size);
    this.recent.set(parameter, parts);
    return this.pool(parts);
  }

  /** Forgets everything: the estimator was changed. */
  clear(): void {
    this.recent.clear();
  }
}
