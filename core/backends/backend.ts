/** Ids are a contract: they are written into run folders and printed by the command line. */
export type BackendId = "tensorflow-gpu" | "tensorflow" | "webgpu" | "wasm" | "cpu";

/** One rung of the ladder: where tensors live and what computes with them. */
export interface Backend {
  readonly id: BackendId;
  readonly title: string;
  /** Left out by `auto`; used only when asked for by name. */
  readonly optIn: boolean;
  /**
   * Loads what is needed and makes this the engine's current back end.
   *
   * @returns what it runs on, in a few words
   * @throws GradlensError with one sentence: why not, and what to do
   */
  activate(): Promise<string>;
}
