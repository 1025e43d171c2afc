import { GradlensError } from "../../errors";
import type { BreakpointText, DebugBreakpoint } from "../../protocol/debug";
import { describe } from "./variables";
import { holds, parseExpression, type Expression, type Scope } from "./expression";

interface Watched {
  readonly breakpoint: DebugBreakpoint;
  readonly condition: Expression | null;
  readonly message: readonly (string | Expression)[] | null;
  count: number;
}

/** The breakpoints of a debug session; every step passes all of them. */
export class Breakpoints {
  private readonly watched: readonly Watched[];

  /** @throws GL1901 for a condition or log message that cannot be read */
  constructor(breakpoints: readonly DebugBreakpoint[]) {
    this.watched = breakpoints.map((breakpoint) => ({
      breakpoint,
      condition: breakpoint.condition === undefined ? null : parseExpression(breakpoint.condition),
      message: breakpoint.logMessage === undefined ? null : parseMessage(breakpoint.logMessage),
      count: 0,
    }));
  }

  get size(): number {
    return this.watched.length;
  }

  /** The first breakpoint that stops the step, after log messages were printed. An unknown condition does not hold. */
  hit(scope: Scope, print: (text: string) => void): DebugBreakpoint | null {
    let stops: DebugBreakpoint | null = null;
    for (const watched of this.watched) {
      const { breakpoint, condition, message } = watched;
      try {
        if (condition && !holds(condition, scope)) continue;
        if (++watched.count < (breakpoint.hits ?? 1)) continue;
        if (message)
          print(message.map((part) => (typeof part === "string" ? part : describe(part.evaluate(scope)))).join(""));
        else stops ??= breakpoint;
      } catch (error) {
        // A condition that cannot be evaluated says so where it stands, instead of never stopping in silence.
        if (!(error instanceof GradlensError)) throw error;
        print(error.message);
        stops ??= breakpoint;
      }
    }
    return stops;
  }
}

/** Why a condition or a log message cannot be read; null when both can. */
export function breakpointProblem({ condition, logMessage }: BreakpointText): string | null {
  try {
    if (condition !== undefined) parseExpression(condition);
    if (logMessage !== undefined) parseMessage(logMessage);
    return null;
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    return error.message;
  }
}

function parseMessage(text: string): readonly (string | Expression)[] {
  return text.split(/\{([^{}]*)\}/).map((part, i) => (i % 2 === 0 ? part : parseExpression(part)));
}
