import {
  ContinuedEvent,
  DebugSession,
  InitializedEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
  Thread,
} from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { GradlensError } from "../../core/errors";
import {
  type DebugBreakpoint,
  type DebugConfiguration,
  type DebugFilter,
  debugFilters,
  type DebugStop,
} from "../../core/protocol/debug";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { Disposable } from "../emitter";
import { capabilities } from "./capabilities";
import type { Ask, DebugHost } from "./debugHost";
import { errorAnswer } from "./errorAnswer";
import { Inspector } from "./inspector";
import type { LaunchArguments } from "./launchArguments";
import { type PreparedLaunch, prepareLaunch } from "./prepareLaunch";
import { replayTable } from "./replayTable";
import { resolveBreakpoints } from "./resolveBreakpoints";
import { StandingPlace } from "./standingPlace";
import { TermCursor } from "./termCursor";

const THREAD = 1;

/** Speaks the Debug Adapter Protocol for one run; all numbers are the engine's. */
export class GradlensDebugAdapter extends DebugSession {
  private runId: string | null = null;
  private launch: PreparedLaunch | null = null;
  private launched: ((error?: unknown) => void) | null = null;
  private breakpoints: readonly DebugBreakpoint[] = [];
  private filters: readonly DebugFilter[] = [];
  private lastBreakpoint = 0;
  private ended = false;
  private readonly place: StandingPlace;
  private readonly ask: Ask;
  private readonly inspector: Inspector;
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly host: DebugHost) {
    super();
    this.place = new StandingPlace(host.l10n);
    this.ask = (method, params) => host.client.request(method, params);
    this.inspector = new Inspector(this.ask, () => this.run);
    this.subscriptions = [
      host.client.onEvent((event) => {
        if (event.name === "stopped" && event.stop.runId === this.runId) void this.stopped(event.stop);
        if (event.name === "print") this.print(event.text, "stdout");
        if (event.name === "delta" && event.delta.runId === this.runId) this.follow(event.delta.fields);
      }),
      host.client.onCrash(({ cause }) => {
        if (this.runId === null || this.ended) return;
        this.print(host.l10n.t("The engine ended with {0}; every logged step is kept.", cause), "stderr");
        this.finish();
      }),
    ];
  }

  override shutdown(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    super.shutdown();
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = capabilities(this.host.l10n);
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, launch: LaunchArguments): void {
    void this.answer(response, async () => {
      this.launch = await prepareLaunch(launch, this.ask);
      const started = new Promise<void>((resolve, reject) => {
        this.launched = (error) =>
          error === undefined ? resolve() : reject(error instanceof Error ? error : new Error(String(error)));
      });
      this.sendEvent(new InitializedEvent());
      await started;
    }).then((done) => {
      if (!done) this.finish();
    });
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    asked: DebugProtocol.SetBreakpointsArguments,
  ): void {
    void this.answer(response, async () => {
      const { kept, answers } = await resolveBreakpoints(
        { model: this.launch?.model ?? null, file: this.launch?.train.file ?? "" },
        asked,
        () => ++this.lastBreakpoint,
        async (texts) => (await this.ask("debugProblems", { texts })).problems,
        this.host.l10n,
      );
      if (kept) this.breakpoints = kept;
      response.body = { breakpoints: [...answers] };
      await this.configure();
    });
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    { filters }: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    this.filters = debugFilters.filter((filter) => filters.includes(filter));
    void this.answer(response, () => this.configure());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    if (!this.launch) return;
    const { train, stopOnEntry } = this.launch;
    this.host
      .train({ ...train, debug: { ...this.configuration, stopOnEntry } })
      .then(({ runId, model, estimator, objective, seed }) => {
        this.runId = runId;
        const { l10n } = this.host;
        this.print(l10n.t("{0}: {1} with {2}, seed {3}.", model, objective, estimator, seed), "stdout");
        this.print(
          l10n.t("Step over makes one optimisation step, step into goes through its estimate term by term."),
          "stdout",
        );
        const expressions = 'step, evaluations, h.mean, variance("NAME"), gradient("NAME").norm';
        this.print(l10n.t("Here and under Watch: {0}.", expressions), "stdout");
        this.launched?.();
      })
      .catch((error: unknown) => this.launched?.(error));
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [new Thread(THREAD, this.host.l10n.t("training"))] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse): void {
    const stack = this.place.stack(this.launch?.model ?? null);
    response.body = { stackFrames: stack, totalFrames: stack.length };
    this.sendResponse(response);
  }

  protected override scopesRequest(
    response: DebugProtocol.ScopesResponse,
    { frameId }: DebugProtocol.ScopesArguments,
  ): void {
    response.body = { scopes: this.inspector.scopes(this.place.scopes(frameId)) };
    this.sendResponse(response);
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    asked: DebugProtocol.VariablesArguments,
  ): void {
    void this.answer(response, async () => {
      response.body = { variables: await this.inspector.variables(asked) };
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression }: DebugProtocol.EvaluateArguments,
  ): void {
    const evaluate = async (): Promise<void> => {
      response.body = await this.inspector.evaluate(expression);
    };
    // What cannot be evaluated says so where it stands, at every stop; a message beside it would only repeat it.
    void this.answer(response, evaluate, false);
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    { text }: DebugProtocol.CompletionsArguments,
  ): void {
    void this.answer(response, async () => {
      response.body = { targets: await this.inspector.completions(text) };
    });
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    response.body = this.place.exceptionInfo;
    this.sendResponse(response);
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    void this.answer(response, () => this.go(false));
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    void this.answer(response, async () => {
      const { cursor } = this.place;
      if (cursor) this.move(cursor.nextNode());
      else await this.go(true);
    });
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    void this.answer(response, async () => {
      if (this.place.hasFailed) return this.go(false);
      if (this.place.cursor) return this.move(this.place.cursor.nextTerm());
      const estimate = await this.ask("debugEstimate", { runId: this.run });
      const first = TermCursor.start(estimate.nodes);
      if (!first)
        this.print(
          this.host.l10n.t("All joint states are summed: the gradient is exact and has no terms to step into."),
          "stdout",
        );
      this.move(first);
    });
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    void this.answer(response, async () => {
      if (this.place.cursor) this.move(null);
      else await this.go(true);
    });
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    void this.answer(response, async () => void (await this.ask("pause", { runId: this.run })));
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    void this.answer(response, () => this.end());
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    void this.answer(response, () => this.end()).then(() => this.shutdown());
  }

  protected override customRequest(command: string, response: DebugProtocol.Response, args: unknown): void {
    if (command !== "replay") return super.customRequest(command, response, args);
    void this.answer(response, async () => {
      const { estimator } = args as { readonly estimator: string };
      const replay = await this.ask("debugReplay", { runId: this.run, estimator });
      this.print(replayTable(replay, this.host.l10n), "stdout");
      response.body = replay;
    });
  }

  private get run(): string {
    if (this.runId === null) throw new GradlensError("GL8102", "the run has not started yet; try again in a moment");
    return this.runId;
  }

  private get configuration(): DebugConfiguration {
    return { breakpoints: this.breakpoints, filters: this.filters, spikeWindow: this.launch?.spikeWindow ?? 1 };
  }

  private async configure(): Promise<void> {
    if (this.runId === null || this.ended) return;
    await this.ask("debugConfigure", { runId: this.runId, configuration: this.configuration });
  }

  private async go(step: boolean): Promise<void> {
    if (this.place.hasFailed) return this.finish();
    this.place.goOn();
    await this.ask("debugGo", { runId: this.run, step });
  }

  private async end(): Promise<void> {
    if (this.ended || this.runId === null) return this.finish();
    await this.ask("stop", { runId: this.runId }).catch(() => undefined); // the engine may be gone already
    this.finish();
  }

  private async stopped(stop: DebugStop): Promise<void> {
    this.place.standAt(stop, null);
    if (stop.at?.kind === "node")
      this.place.standAt(stop, await this.ask("debugEstimate", { runId: stop.runId }).catch(() => null));
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(stop.reason, THREAD, stop.text ?? undefined);
    event.body.allThreadsStopped = true;
    if (stop.text !== null)
      event.body.description = stop.reason === "exception" ? this.host.l10n.t("Stopped by an alarm") : stop.text;
    if (stop.breakpoints.length > 0) event.body.hitBreakpointIds = [...stop.breakpoints];
    this.sendEvent(event);
  }

  /** Within an estimate nothing runs: another term is shown. */
  private move(cursor: TermCursor | null): void {
    this.place.moveTo(cursor);
    this.sendEvent(new StoppedEvent("step", THREAD));
  }

  private follow({ state, message }: Partial<Pick<RunSnapshot, "state" | "message">>): void {
    if (state === "running" && this.place.stands) {
      this.place.goOn();
      this.sendEvent(new ContinuedEvent(THREAD, true));
    }
    if (state === "finished" || state === "stopped") this.finish();
    if (state !== "failed" || this.ended) return;
    const text = message ?? this.host.l10n.t("The run has failed.");
    this.print(text, "stderr");
    this.place.fail(text);
    this.sendEvent(new StoppedEvent("exception", THREAD, text));
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.sendEvent(new TerminatedEvent());
  }

  private print(text: string, category: "stdout" | "stderr"): void {
    this.sendEvent(new OutputEvent(text.endsWith("\n") ? text : `${text}\n`, category));
  }

  /** Answers when the work is done; an error is the answer's sentence, and a message of the editor's if `showUser`. */
  private async answer(response: DebugProtocol.Response, work: () => Promise<void>, showUser = true): Promise<boolean> {
    try {
      await work();
      this.sendResponse(response);
      return true;
    } catch (error) {
      this.sendErrorResponse(response, errorAnswer(error, showUser));
      return false;
    }
  }
}
