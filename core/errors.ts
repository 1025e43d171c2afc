import type { SourceLocation } from "./protocol/source";

/**
 * An error meant for a person: a stable code and one sentence that names the thing, the expected and the found, and a
 * next step. Everything that is not a GradlensError is a fault of ours and is reported as such.
 */
export class GradlensError extends Error {
  readonly code: string;
  readonly source: SourceLocation | undefined;
  /** `usage` errors concern the command line (exit status 2), all others the model or the machine (exit status 1). */
  readonly usage: boolean;

  constructor(
    code: string,
    message: string,
    options: { source?: SourceLocation; usage?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GradlensError";
    this.code = code;
    this.source = options.source;
    this.usage = options.usage ?? false;
  }
}
