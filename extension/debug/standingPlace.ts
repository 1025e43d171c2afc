import type { DebugProtocol } from "@vscode/debugprotocol";
import type { StackFrame } from "@vscode/debugadapter";
import type { DebugEstimate, DebugStop } from "../../core/protocol/debug";
import type { ModelDescription } from "../../core/protocol/engine";
import { type FrameScope, frameScopes } from "./frameScopes";
import type { Localizer } from "./localizer";
import { stackFrames } from "./stackFrames";
import { TermCursor } from "./termCursor";

type StopRecord = DebugStop | { readonly reason: "failed"; readonly text: string; readonly step: number };

/** Where a run stands, and at which term of its estimate; nowhere while it goes on. */
export class StandingPlace {
  private stop: StopRecord | null = null;
  private term: TermCursor | null = null;

  constructor(private readonly l10n: Localizer) {}

  get stands(): boolean {
    return this.stop !== null;
  }

  get hasFailed(): boolean {
    return this.stop?.reason === "failed";
  }

  /** Null outside an estimate. */
  get cursor(): TermCursor | null {
    return this.term;
  }

  /** @param estimate the step's terms, where the run stands at one of its nodes */
  standAt(stop: DebugStop, estimate: DebugEstimate | null): void {
    this.stop = stop;
    this.term = estimate && stop.at ? TermCursor.start(estimate.nodes, stop.at.name) : null;
  }

  /** A failed run stands at the step that it stood at last. */
  fail(text: string): void {
    this.stop = { reason: "failed", text, step: this.stop?.step ?? 0 };
    this.term = null;
  }

  goOn(): void {
    this.stop = null;
    this.term = null;
  }

  moveTo(cursor: TermCursor | null): void {
    this.term = cursor;
  }

  stack(model: ModelDescription | null): StackFrame[] {
    return stackFrames(model, this.stop?.step ?? 0, this.at, this.term, this.l10n);
  }

  scopes(frameId: number): readonly FrameScope[] {
    return frameScopes(frameId, this.at, this.term, this.l10n);
  }

  get exceptionInfo(): DebugProtocol.ExceptionInfoResponse["body"] {
    const { l10n } = this;
    return {
      exceptionId: this.hasFailed ? l10n.t("The run has failed") : l10n.t("Stopped before the update"),
      description: this.stop?.text ?? "",
      breakMode: this.hasFailed ? "unhandled" : "always",
    };
  }

  private get at(): DebugStop["at"] {
    return this.stop && "at" in this.stop ? this.stop.at : null;
  }
}
