export interface Settings {
  /** Turns that each candidate gets. */
  readonly rounds: number;
  /** Steps of the memory section. */
  readonly steps: number;
  /** Of TensorFlow's library and of PyTorch, where the two are compared. */
  readonly threads: number;
}

/** One table of the report. */
export interface Section {
  readonly id: string;
  readonly title: string;
  run(settings: Settings): Promise<void>;
}
