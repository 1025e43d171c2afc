import * as vscode from "vscode";
import type { EngineClient } from "./engineClient";
import { contextKeys } from "./ids";
import { isModelDocument } from "./modelFile";
import type { Session } from "./run/session";

/** Keeps the context keys that menus and enablement conditions look at. */
export class ContextKeys implements vscode.Disposable {
  private readonly values = new Map<string, unknown>();
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(
    private readonly client: EngineClient,
    private readonly session: Session,
  ) {
    this.subscriptions = [
      client.onDidChangeState(() => this.update()),
      session.onDidReplace(() => this.update()),
      session.onDidDelta(({ fields }) => {
        if (fields.state) this.update();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.update()),
      vscode.workspace.onDidSaveTextDocument(() => this.update()),
    ];
    this.update();
  }

  update(): void {
    const document = vscode.window.activeTextEditor?.document;
    this.set(contextKeys.engineState, this.client.state);
    this.set(contextKeys.runState, this.session.snapshot?.state ?? "none");
    this.set(contextKeys.isModelFile, document !== undefined && isModelDocument(document));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private set(key: string, value: unknown): void {
    if (this.values.get(key) === value) return;
    this.values.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
