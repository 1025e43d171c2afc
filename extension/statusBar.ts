import * as vscode from "vscode";
import type { EngineClient } from "./engineClient";
import type { EngineWatch } from "./engineWatch";
import { escapeMarkdown } from "./escapeMarkdown";
import { formatNumber } from "./format";
import { commandIds, statusItemId } from "./ids";
import { isActive, type Session } from "./run/session";
import { Throttle } from "./throttle";

/** The one status bar item: engine state, back end and steps per second; its tooltip has the rest, with links. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly throttle = new Throttle(500, () => this.draw());
  private readonly subscriptions: readonly { dispose(): void }[];

  constructor(
    private readonly client: EngineClient,
    private readonly session: Session,
    private readonly watch: EngineWatch,
    private readonly isModelShown: () => boolean,
  ) {
    this.item = vscode.window.createStatusBarItem(statusItemId, vscode.StatusBarAlignment.Left, 10);
    this.item.name = vscode.l10n.t("Gradient Lens engine");
    this.subscriptions = [
      client.onDidChangeState(() => this.throttle.call()),
      watch.onSilence(() => this.throttle.call()),
      watch.onAnswer(() => this.throttle.call()),
      session.onDidReplace(() => this.throttle.call()),
      session.onDidDelta(() => this.throttle.call()),
    ];
    this.draw();
  }

  /** Draws the item, or hides it while neither the engine nor a model file is there. */
  draw(): void {
    const { state } = this.client;
    if (state === "stopped" && !this.session.snapshot && !this.isModelShown()) return this.item.hide();
    const failed = state === "failed";
    this.item.text = this.text();
    this.item.tooltip = this.tooltip();
    this.item.accessibilityInformation = { label: this.spoken() };
    this.item.backgroundColor = failed ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    this.item.command = failed ? commandIds.showLog : this.session.snapshot ? commandIds.showPanels : commandIds.train;
    this.item.show();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.throttle.dispose();
    this.item.dispose();
  }

  private text(): string {
    const run = this.session.snapshot;
    const { state } = this.client;
    if (state === "failed") return `$(error) ${vscode.l10n.t("engine failed")}`;
    if (state === "starting") return `$(loading~spin) ${vscode.l10n.t("engine starting")}`;
    if (this.watch.isSilent) return `$(warning) ${vscode.l10n.t("engine does not answer")}`;
    if (isActive(run)) {
      if (run.state === "paused")
        return `$(debug-pause) ${run.backend} ${vscode.l10n.t("paused at step {0}", run.step)}`;
      const speed =
        run.stepsPerSecond === null ? "" : ` ${vscode.l10n.t("{0} steps/s", formatNumber(run.stepsPerSecond))}`;
      return `$(pulse) ${run.backend}${speed}`;
    }
    if (run?.state === "failed") return `$(warning) ${vscode.l10n.t("run failed")}`;
    if (run) return `$(check) ${run.backend} ${vscode.l10n.t("{0} at step {1}", runWord(run.state), run.step)}`;
    return state === "ready" ? `$(check) ${vscode.l10n.t("engine ready")}` : `$(circle-outline) Gradient Lens`;
  }

  private spoken(): string {
    return `Gradient Lens: ${this.text().replace(/\$\([^)]*\)\s*/g, "")}`;
  }

  private tooltip(): vscode.MarkdownString {
    const run = this.session.snapshot;
    const lines = [`**Gradient Lens** · ${vscode.l10n.t("engine {0}", engineWord(this.client.state))}`];
    if (this.client.message) lines.push(this.client.message);
    if (run) {
      const steps = run.steps === null ? `${run.step}` : `${run.step} / ${run.steps}`;
      const loss = run.loss.at(-1);
      lines.push(
        [
          "| | |",
          "|---|---|",
          `| ${vscode.l10n.t("Model")} | ${escapeMarkdown(run.model)} |`,
          `| ${vscode.l10n.t("Run")} | ${runWord(run.state)}, ${vscode.l10n.t("step {0}", steps)} |`,
          `| ${vscode.l10n.t("Back end")} | ${escapeMarkdown(run.backend)} |`,
          `| ${vscode.l10n.t("Estimator")} | \`${run.estimator}\` |`,
          ...(loss ? [`| ${vscode.l10n.t("Loss")} | ${formatNumber(loss[1])} nats |`] : []),
          ...(run.diagnosticsShare === null
            ? []
            : [
                `| ${vscode.l10n.t("Diagnostics")} | ${formatNumber(run.diagnosticsShare * 100)} % ${vscode.l10n.t("of step time")} |`,
              ]),
        ].join("\n"),
      );
      if (run.message) lines.push(escapeMarkdown(run.message));
    }
    lines.push(
      this.links()
        .map(([title, command]) => `[${title}](command:${command})`)
        .join(" · "),
    );
    const tooltip = new vscode.MarkdownString(lines.join("\n\n"), true);
    tooltip.isTrusted = { enabledCommands: Object.values(commandIds) };
    return tooltip;
  }

  private links(): readonly (readonly [string, string])[] {
    const run = this.session.snapshot;
    const links: (readonly [string, string])[] = [];
    if (isActive(run)) {
      if (run.state === "running") links.push([vscode.l10n.t("Pause"), commandIds.pause]);
      if (run.state === "paused") links.push([vscode.l10n.t("Resume"), commandIds.resume]);
      links.push([vscode.l10n.t("Stop"), commandIds.stop]);
    } else {
      links.push([vscode.l10n.t("Run Training"), commandIds.train]);
    }
    links.push([vscode.l10n.t("Diagnose Engine"), commandIds.diagnoseEngine]);
    if (this.client.state !== "stopped") links.push([vscode.l10n.t("Restart Engine"), commandIds.restartEngine]);
    return [...links, [vscode.l10n.t("Show Log"), commandIds.showLog]];
  }
}

/** State of a run in the reader's words. */
export function runWord(state: string): string {
  const words: Readonly<Record<string, string>> = {
    starting: vscode.l10n.t("starting"),
    running: vscode.l10n.t("running"),
    paused: vscode.l10n.t("paused"),
    finished: vscode.l10n.t("finished"),
    stopped: vscode.l10n.t("stopped"),
    failed: vscode.l10n.t("failed"),
  };
  return words[state] ?? state;
}

function engineWord(state: string): string {
  const words: Readonly<Record<string, string>> = {
    stopped: vscode.l10n.t("stopped"),
    starting: vscode.l10n.t("starting"),
    ready: vscode.l10n.t("ready"),
    failed: vscode.l10n.t("failed"),
  };
  return words[state] ?? state;
}
