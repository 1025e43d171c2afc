import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { RunDelta } from "../../core/protocol/snapshot";
import type { EngineState, FromWebview, PanelView, ToWebview } from "../../core/protocol/webview";
import type { EngineClient, EngineLog } from "../engineClient";
import { commandIds, panelViewType } from "../ids";
import { showError } from "../messages";
import { revealSource } from "../revealSource";
import type { Session } from "../run/session";
import { DeltaQueue } from "./deltaQueue";
import { exportText } from "./exportText";
import { panelHtml } from "./panelHtml";
import { RolloutWatch } from "./rolloutWatch";

/** Commands that a panel may run, by the id that it sends. */
const panelCommands: ReadonlyMap<string, string> = new Map(
  (
    [
      "train",
      "pause",
      "resume",
      "stop",
      "changeEstimator",
      "checkBias",
      "toggleBiasWatch",
      "compareEstimators",
      "sweep",
      "showLog",
      "diagnoseEngine",
      "restartEngine",
      "resumeRun",
    ] as const
  ).map((name) => [name, commandIds[name]]),
);

/**
 * The one webview panel with all charts. It holds no data: it says `ready`, gets everything once, then deltas at most ten
 * times a second, and nothing while it is hidden.
 */
export class PanelsHost implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private hydrated = false;
  private selected: string | undefined;
  private scrollTo: string | undefined;
  private views: readonly PanelView[] = [];
  private readonly deltas = new DeltaQueue((delta) => this.post({ type: "delta", delta }));
  private readonly messages = new vscode.EventEmitter<FromWebview>();
  private readonly subscriptions: readonly { dispose(): void }[];
  private readonly rolloutWatch: RolloutWatch;

  /** Every message of the panel, after it was acted on. */
  readonly onDidReceive = this.messages.event;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly client: EngineClient,
    private readonly session: Session,
    private readonly log: EngineLog,
  ) {
    this.rolloutWatch = new RolloutWatch(client, session, log);
    this.subscriptions = [
      this.rolloutWatch,
      session.onDidReplace(() => {
        this.hydrate();
        this.watch(this.views);
      }),
      session.onDidDelta((delta) => this.queue(delta)),
      client.onDidChangeState(({ state, message }) => this.tell(state, message)),
    ];
  }

  get visible(): boolean {
    return this.panel?.visible ?? false;
  }

  /** Opens the page beside the editor, or brings it to the front; selects a parameter and scrolls to a panel when named. */
  show(parameter?: string, panel?: string): void {
    this.selected = parameter;
    this.scrollTo = panel;
    if (this.panel) {
      this.panel.reveal(undefined, true);
    } else {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.attach(vscode.window.createWebviewPanel(panelViewType, "Gradient Lens", column, this.options()));
    }
    this.select();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.panel?.dispose();
    panel.webview.options = this.options();
    this.attach(panel);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.deltas.dispose();
    this.messages.dispose();
    this.panel?.dispose();
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [this.root()] };
  }

  private root(): vscode.Uri {
    return vscode.Uri.joinPath(this.extensionUri, "dist", "webview");
  }

  private attach(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.hydrated = false;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, "media", "panel.svg");
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.leave();
    });
    // A hidden panel is destroyed by the editor; when it is shown again it is a new page that says "ready".
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.leave();
    });
    panel.webview.onDidReceiveMessage((message: FromWebview) => void this.receive(message).catch(showError));
    const address = (name: string): string =>
      panel.webview.asWebviewUri(vscode.Uri.joinPath(this.root(), name)).toString();
    const addresses = { script: address("main.js"), style: address("main.css"), source: panel.webview.cspSource };
    panel.webview.html = panelHtml(addresses, randomBytes(16).toString("base64"), "Gradient Lens");
  }

  /** The page is gone. */
  private leave(): void {
    this.hydrated = false;
    this.deltas.reset();
    this.watch([]);
  }

  private async receive(message: FromWebview): Promise<void> {
    switch (message.type) {
      case "ready":
        this.hydrated = true;
        this.hydrate();
        this.select();
        break;
      case "reveal":
        await revealSource(message.source);
        break;
      case "trunks":
        // Panels ask by themselves, so nobody waits for an answer when there is none.
        await this.session.trunks(message.example).catch((error: unknown) => this.log.warn(`trunks: ${String(error)}`));
        break;
      case "watch":
        this.watch(message.views);
        break;
      case "setEstimator":
        await this.session.setEstimator(message.estimator);
        break;
      case "command": {
        const command = panelCommands.get(message.command);
        if (command) await vscode.commands.executeCommand(command);
        break;
      }
      case "export":
        await exportText(message.name, message.format, message.text);
        break;
    }
    this.messages.fire(message);
  }

  /** What the page shows of what is measured on demand; told again with every answer, as the engine may be another. */
  private watch(views: readonly PanelView[]): void {
    this.views = views;
    this.rolloutWatch.look(views.includes("rollout"));
    const measured = views.filter((view) => view !== "rollout");
    this.session.watch(measured).catch((error: unknown) => this.log.warn(`watch: ${String(error)}`));
  }

  private hydrate(): void {
    const told = this.post({
      type: "hydrate",
      engine: this.client.state,
      snapshot: this.session.snapshot,
      strings: vscode.l10n.bundle ?? {},
      sequence: 0,
    });
    this.deltas.reset(told);
    if (this.client.state === "failed") this.tell("failed", this.client.message);
  }

  private tell(engine: EngineState, message: string | null): void {
    void this.post({ type: "engine", engine, message });
  }

  private queue(delta: RunDelta): void {
    if (this.hydrated && this.visible) this.deltas.add(delta);
  }

  private select(): void {
    if (this.scrollTo !== undefined && this.hydrated) {
      this.deltas.flush();
      void this.post({ type: "scrollTo", panel: this.scrollTo });
      this.scrollTo = undefined;
    }
    if (this.selected === undefined || !this.hydrated) return;
    void this.post({ type: "select", parameter: this.selected });
    this.selected = undefined;
  }

  /** Settles when the window has handed a message to the page. */
  private async post(message: ToWebview): Promise<void> {
    // A page that is gone meanwhile needs none.
    if (this.hydrated && this.visible) await this.panel?.webview.postMessage(message).then(undefined, () => undefined);
  }
}
