/** Where a command writes: answers to standard output, progress and errors to standard error. */
export interface Terminal {
  /** Standard output; called once, with the whole answer. */
  out(text: string): void;
  /** Standard error, one or more whole lines. */
  err(text: string): void;
  /** Progress that may overwrite itself; shown only when a person watches standard error. */
  status(text: string): void;
  /** Calls `stop` on Ctrl-C; returns what undoes that. */
  onInterrupt(stop: () => void): () => void;
}

/** What a command found. */
export interface Answer {
  /** Printed with `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Printed without it. */
  readonly text: () => string;
  /** 0 unless said. */
  readonly exitCode?: number;
}
