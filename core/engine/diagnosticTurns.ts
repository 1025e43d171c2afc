/** A look comes again after so many measurements at least. */
const MEASUREMENTS = 8;
/** And after so many steps: where the variance is measured at every step, the costlier looks are spread over more of them. */
const STEPS = 64;

/** Takes turns between looks that each cost as much as several measurements: at most one beside a measurement, each at first soon. */
export class DiagnosticTurns<Look extends string> {
  private measurements = 0;
  private readonly last = new Map<Look, { readonly measurement: number; readonly step: number }>();

  /** @param looks in the order of their first turns */
  constructor(private readonly looks: readonly Look[]) {}

  /** The look that goes with the measurement of this step; null for none. */
  next(step: number): Look | null {
    const measurement = this.measurements++;
    const isDue = (look: Look): boolean => {
      const last = this.last.get(look);
      return !last || (measurement - last.measurement >= MEASUREMENTS && step - last.step >= STEPS);
    };
    const look = this.looks.find(isDue) ?? null;
    if (look !== null) this.last.set(look, { measurement, step });
    return look;
  }

  clear(): void {
    this.measurements = 0;
    this.last.clear();
  }
}
