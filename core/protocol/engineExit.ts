/** Exit statuses with which the engine ends by its own decision, so that the run goes on in a fresh process. */
export const engineExit = {
  /** The back end failed under a run: out of memory, device lost. What it holds cannot be trusted any more. */
  backendFailed: 71,
  /** The process outgrew its memory limit; a checkpoint of the step in hand was written. */
  memoryLimit: 72,
} as const;

export type EngineExit = (typeof engineExit)[keyof typeof engineExit];
