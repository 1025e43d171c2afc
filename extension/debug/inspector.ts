import { Handles, Scope } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Ask } from "./debugHost";
import type { FrameScope } from "./frameScopes";
import { shownVariable } from "./shownVariable";

/** What a person looks at while a run stands: the Variables view, watches, hovers and the debug console. */
export class Inspector {
  private readonly places = new Handles<readonly string[]>();

  /** @param run the run's id, or an error while there is none */
  constructor(
    private readonly ask: Ask,
    private readonly run: () => string,
  ) {}

  /** References of an earlier stop hold no longer. */
  scopes(scopes: readonly FrameScope[]): Scope[] {
    this.places.reset();
    return scopes.map(({ name, path }) => new Scope(name, this.refer(path), false));
  }

  async variables({
    variablesReference,
    start,
    count,
  }: DebugProtocol.VariablesArguments): Promise<DebugProtocol.Variable[]> {
    const path = this.places.get(variablesReference);
    const page = { ...(start ? { start } : {}), ...(count ? { count } : {}) };
    const found = path ? await this.ask("debugVariables", { runId: this.run(), path, ...page }) : [];
    return found.map((variable) => ({ name: variable.name, ...shownVariable(variable, (at) => this.refer(at)) }));
  }

  async evaluate(expression: string): Promise<DebugProtocol.EvaluateResponse["body"]> {
    const found = await this.ask("debugEvaluate", { runId: this.run(), expression });
    const { value, ...rest } = shownVariable(found, (place) => this.refer(place));
    const path = found.path ? ["expression", expression] : undefined;
    return { result: value, ...rest, variablesReference: path ? this.refer(path) : 0 };
  }

  /** Names that go on with what has been written. */
  async completions(text: string): Promise<DebugProtocol.CompletionItem[]> {
    const begun = /[\w"(/]*$/.exec(text)?.[0] ?? "";
    const names = await this.ask("debugNames", { runId: this.run() });
    return names
      .filter((label) => label.startsWith(begun))
      .map((label) => ({ label, start: text.length - begun.length, length: begun.length }));
  }

  private refer(path: readonly string[]): number {
    return this.places.create(path);
  }
}
