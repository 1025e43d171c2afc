/** Replicates of every example that one chunk draws. */
export interface Draws {
  readonly seed: number;
  readonly step: number;
  /** m: examples measured. */
  readonly examples: number;
  readonly firstReplicate: number;
  readonly replicates: number;
}
