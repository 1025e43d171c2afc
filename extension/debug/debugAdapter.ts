import { basename } from "node:path";
import {
  ContinuedEvent,
  DebugSession,
  Handles,
  InitializedEvent,
  OutputEvent,
  Scope,
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
import type { EngineMethod, EngineMethods, ModelDescription, TrainRequest } from "../../core/protocol/engine";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { Disposable } from "../emitter";
import type { EngineClient } from "../engineClient";
import { capabilities } from "./capabilities";
import { frameScopes } from "./frameScopes";
import { type LaunchArguments, readLaunch } from "./launchArguments";
import { replayTable } from "./replayTable";
import { resolveBreakpoints } from "./resolveBreakpoints";
import { stackFrames } from "./stackFrames";
import { shownVariable } from "./shownVariable";
import { TermCursor } from "./termCursor";

/** What the adapter works with: the engine, and the window's way to start a run. */
export interface DebugHost {
  readonly client: Pick<EngineClient, "request" | "onEvent" | "onCrash">;
  train(request: TrainRequest): Promise<RunSnapshot>;
}

const THREAD = 1;

const manual =
  'Step over makes one optimisation step, step into goes through its estimate term by term.\nHere and under Watch: step, evaluations, h.mean, variance("NAME"), gradient("NAME").norm.';

type StopRecord = DebugStop | { readonly reason: "failed"; readonly text: string; readonly step: number };

/** Speaks the Debug Adapter Protocol for one run; all numbers are the engine's. */
export class GradlensDebugAdapter extends DebugSession {
  private model: ModelDescription | null = null;
  private file = "";
  private runId: string | null = null;
  private request: {
    readonly train: TrainRequest;
    readonly stopOnEntry: boolean;
    readonly spikeWindow: number;
  } | null = null;
  private launched: ((error?: unknown) => void) | null = null;
  private breakpoints: readonly DebugBreakpoint[] = [];
  private filters: readonly DebugFilter[] = [];
  private lastBreakpoint = 0;
  private standing: StopRecord | null = null;
  private cursor: TermCursor | null = null;
  private ended = false;
  private readonly places = new Handles<readonly string[]>();
  private readonly subscriptions: readonly Disposable[];

  constructor(private readonly host: DebugHost) {
    super();
    this.subscriptions = [
      host.client.onEvent((event) => {
        if (event.name === "stopped" && event.stop.runId === this.runId) void this.stopped(event.stop);
        if (event.name === "print") this.print(event.text, "stdout");
        if (event.name === "delta" && event.delta.runId === this.runId) this.follow(event.delta.fields);
      }),
      host.client.onCrash(({ cause }) => {
        if (this.runId === null || this.ended) return;
        this.print(`The engine ended with ${cause}; every logged step is kept.`, "stderr");
        this.finish();
      }),
    ];
  }

  override shutdown(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    super.shutdown();
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = capabilities;
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, launch: LaunchArguments): void {
    void this.answer(response, async () => {
      const { request, spikeWindow } = readLaunch(launch);
      const { dataFolder } = request;
      const { models } = await this.ask("describe", {
        file: request.file,
        ...(dataFolder === undefined ? {} : { dataFolder }),
      });
      const wanted = request.exportName;
      const model = wanted === undefined ? models[0] : models.find(({ exportName }) => exportName === wanted);
      if (!model) {
        const known = models.map(({ exportName }) => exportName).join(", ") || "none";
        throw new GradlensError(
          "GL8101",
          `${basename(request.file)} exports no model "${wanted}"; it exports ${known}`,
        );
      }
      this.model = model;
      this.file = request.file;
      this.request = {
        train: { ...request, exportName: model.exportName },
        stopOnEntry: launch.stopOnEntry ?? false,
        spikeWindow,
      };
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
        { model: this.model, file: this.file },
        asked,
        () => ++this.lastBreakpoint,
        async (texts) => (await this.ask("debugProblems", { texts })).problems,
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
    this.filters = debugFilters.map(({ id }) => id).filter((id) => filters.includes(id));
    void this.answer(response, () => this.configure());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    const { request } = this;
    if (!request) return;
    const debug = { ...this.configuration, stopOnEntry: request.stopOnEntry };
    this.host
      .train({ ...request.train, debug })
      .then(({ runId, model, estimator, objective, seed }) => {
        this.runId = runId;
        this.print(`${model}: ${objective} with ${estimator}, seed ${seed}.\n${manual}`, "stdout");
        this.launched?.();
      })
      .catch((error: unknown) => this.launched?.(error));
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [new Thread(THREAD, "training")] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse): void {
    const at = this.standing && "at" in this.standing ? this.standing.at : null;
    const stack = stackFrames(this.model, this.standing?.step ?? 0, at, this.cursor);
    response.body = { stackFrames: stack, totalFrames: stack.length };
    this.sendResponse(response);
  }

  protected override scopesRequest(
    response: DebugProtocol.ScopesResponse,
    { frameId }: DebugProtocol.ScopesArguments,
  ): void {
    this.places.reset();
    const at = this.standing && "at" in this.standing ? this.standing.at : null;
    response.body = {
      scopes: frameScopes(frameId, at, this.cursor).map(
        ({ name, path }) => new Scope(name, this.places.create(path), false),
      ),
    };
    this.sendResponse(response);
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    { variablesReference, start, count }: DebugProtocol.VariablesArguments,
  ): void {
    void this.answer(response, async () => {
      const path = this.places.get(variablesReference);
      const page = { ...(start ? { start } : {}), ...(count ? { count } : {}) };
      const found = path ? await this.ask("debugVariables", { runId: this.run, path, ...page }) : [];
      response.body = {
        variables: found.map((variable) => ({
          name: variable.name,
          ...shownVariable(variable, (path) => this.places.create(path)),
        })),
      };
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression }: DebugProtocol.EvaluateArguments,
  ): void {
    const evaluate = async (): Promise<void> => {
      const found = await this.ask("debugEvaluate", { runId: this.run, expression });
      const { value, ...rest } = shownVariable(found, (place) => this.places.create(place));
      const path = found.path ? ["expression", expression] : undefined;
      response.body = { result: value, ...rest, variablesReference: path ? this.places.create(path) : 0 };
    };
    // What cannot be evaluated says so where it stands, at every stop; a message beside it would only repeat it.
    void this.answer(response, evaluate, false);
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    { text }: DebugProtocol.CompletionsArguments,
  ): void {
    void this.answer(response, async () => {
      const begun = /[\w"(/]*$/.exec(text)?.[0] ?? "";
      const names = await this.ask("debugNames", { runId: this.run });
      response.body = {
        targets: names
          .filter((label) => label.startsWith(begun))
          .map((label) => ({ label, start: text.length - begun.length, length: begun.length })),
      };
    });
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    response.body = {
      exceptionId: this.standing?.reason === "failed" ? "The run has failed" : "Stopped before the update",
      description: this.standing?.text ?? "",
      breakMode: this.standing?.reason === "failed" ? "unhandled" : "always",
    };
    this.sendResponse(response);
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    void this.answer(response, () => this.go(false));
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    void this.answer(response, async () => {
      if (this.cursor) this.move(this.cursor.nextNode());
      else await this.go(true);
    });
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    void this.answer(response, async () => {
      if (this.standing?.reason === "failed") return this.go(false);
      if (this.cursor) return this.move(this.cursor.nextTerm());
      const estimate = await this.ask("debugEstimate", { runId: this.run });
      const cursor = TermCursor.start(estimate.nodes);
      if (!cursor)
        this.print("All joint states are summed: the gradient is exact and has no terms to step into.", "stdout");
      this.move(cursor);
    });
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    void this.answer(response, async () => {
      if (this.cursor) this.move(null);
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
      this.print(replayTable(replay), "stdout");
      response.body = replay;
    });
  }

  private get run(): string {
    if (this.runId === null) throw new GradlensError("GL8102", "the run has not started yet; try again in a moment");
    return this.runId;
  }

  private get configuration(): DebugConfiguration {
    return { breakpoints: this.breakpoints, filters: this.filters, spikeWindow: this.request?.spikeWindow ?? 1 };
  }

  private async configure(): Promise<void> {
    if (this.runId === null || this.ended) return;
    await this.ask("debugConfigure", { runId: this.runId, configuration: this.configuration });
  }

  private async go(step: boolean): Promise<void> {
    if (this.standing?.reason === "failed") return this.finish();
    this.standing = null;
    this.cursor = null;
    await this.ask("debugGo", { runId: this.run, step });
  }

  private async end(): Promise<void> {
    if (this.ended || this.runId === null) return this.finish();
    await this.ask("stop", { runId: this.runId }).catch(() => undefined); // the engine may be gone already
    this.finish();
  }

  private async stopped(stop: DebugStop): Promise<void> {
    this.standing = stop;
    this.cursor = null;
    if (stop.at?.kind === "node") {
      const estimate = await this.ask("debugEstimate", { runId: stop.runId }).catch(() => null);
      this.cursor = estimate && TermCursor.start(estimate.nodes, stop.at.name);
    }
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(stop.reason, THREAD, stop.text ?? undefined);
    event.body.allThreadsStopped = true;
    if (stop.text !== null) event.body.description = stop.reason === "exception" ? "Stopped by an alarm" : stop.text;
    if (stop.breakpoints.length > 0) event.body.hitBreakpointIds = [...stop.breakpoints];
    this.sendEvent(event);
  }

  /** Within an estimate nothing runs: another term is shown. */
  private move(cursor: TermCursor | null): void {
    this.cursor = cursor;
    this.sendEvent(new StoppedEvent("step", THREAD));
  }

  private follow({ state, message }: Partial<Pick<RunSnapshot, "state" | "message">>): void {
    if (state === "running" && this.standing) {
      this.standing = null;
      this.cursor = null;
      this.sendEvent(new ContinuedEvent(THREAD, true));
    }
    if (state === "finished" || state === "stopped") this.finish();
    if (state !== "failed" || this.ended) return;
    const text = message ?? "The run has failed.";
    this.print(text, "stderr");
    this.standing = { reason: "failed", text, step: this.standing?.step ?? 0 };
    this.cursor = null;
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

  private ask<M extends EngineMethod>(
    method: M,
    params: EngineMethods[M]["params"],
  ): Promise<EngineMethods[M]["result"]> {
    return this.host.client.request(method, params);
  }

  /** Answers when the work is done; an error is the answer's sentence, and a message of the editor's if `showUser`. */
  private async answer(response: DebugProtocol.Response, work: () => Promise<void>, showUser = true): Promise<boolean> {
    try {
      await work();
      this.sendResponse(response);
      return true;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const format = words.charAt(0).toUpperCase() + words.slice(1);
      this.sendErrorResponse(response, {
        id: 1,
        format: "{sentence}",
        variables: { sentence: format },
        showUser,
      });
      return false;
    }
  }
}
