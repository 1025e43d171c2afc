import type { DebugEstimate, DebugStage } from "../../core/protocol/debug";
import type { SourceLocation } from "../../core/protocol/source";

interface Term {
  readonly node: string;
  readonly stage: DebugStage;
  readonly source: SourceLocation | undefined;
}

/** A place among the terms of one estimate. */
export class TermCursor {
  private constructor(
    private readonly terms: readonly Term[],
    private readonly index: number,
  ) {}

  /** At the first term, or the first of a node; null where an estimate has none. */
  static start(nodes: DebugEstimate["nodes"], node?: string): TermCursor | null {
    const terms = nodes.flatMap(({ node: name, source, stages }) =>
      stages.map((stage) => ({ node: name, stage, source })),
    );
    const index = node === undefined ? 0 : terms.findIndex((term) => term.node === node);
    return index < 0 || index >= terms.length ? null : new TermCursor(terms, index);
  }

  get current(): Term {
    return this.terms[this.index]!;
  }

  /** From 1. */
  get number(): number {
    return this.index + 1;
  }

  get count(): number {
    return this.terms.length;
  }

  /** Null after the last. */
  nextTerm(): TermCursor | null {
    return this.index + 1 < this.terms.length ? new TermCursor(this.terms, this.index + 1) : null;
  }

  nextNode(): TermCursor | null {
    const next = this.terms.findIndex(({ node }, i) => i > this.index && node !== this.current.node);
    return next < 0 ? null : new TermCursor(this.terms, next);
  }
}
