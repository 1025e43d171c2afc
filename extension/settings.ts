import { totalmem } from "node:os";
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { TrainRequest } from "../core/protocol/engine";

const section = "gradlens";

const get = <T>(key: string, fallback: T): T => vscode.workspace.getConfiguration(section).get<T>(key, fallback);

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Settings as the code uses them: typed, and within their limits whatever was written into the file. */
export const settings = {
  backend: (): string => get("engine.backend", "auto"),
  nodePath: (): string | undefined => get("engine.nodePath", "").trim() || undefined,
  /** Null: as many as the engine thinks good. */
  workers(): number | null {
    const asked = get<number | null>("engine.workers", null);
    return asked === null ? null : clamp(Math.round(asked), 0, 64);
  },
  dataFolder: (): string | undefined => get("dataFolder", "").trim() || undefined,
  inlineEnabled: (): boolean => get("inline.enabled", true),
  sparklines: (): boolean => get("inline.sparklines", true),
  codeLensEnabled: (): boolean => get("codeLens.enabled", false),
  lintEnabled: (): boolean => get("lint.enabled", true),
  openPanels: (): boolean => get("panels.openOnTrain", true),

  setInlineEnabled(enabled: boolean): Thenable<void> {
    const configuration = vscode.workspace.getConfiguration(section);
    const inWorkspace = configuration.inspect("inline.enabled")?.workspaceValue !== undefined;
    const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    return configuration.update("inline.enabled", enabled, target);
  },

  /** Resident memory above which the engine is started anew; half of the machine's unless set, in MiB, at least 512. */
  memoryLimitBytes(): number {
    const megabytes = get<number | null>("engine.memoryLimit", null);
    return megabytes === null ? totalmem() / 2 : Math.max(megabytes, 512) * 2 ** 20;
  },

  /** What every training request carries. */
  trainDefaults(): Pick<
    TrainRequest,
    "backend" | "biasChecks" | "dataFolder" | "diagnosticsBudget" | "diagnosticsInterval" | "memoryLimitBytes"
  > {
    const interval = get<number | null>("diagnostics.interval", null);
    const dataFolder = settings.dataFolder();
    return {
      backend: settings.backend(),
      memoryLimitBytes: settings.memoryLimitBytes(),
      diagnosticsBudget: clamp(get("diagnostics.budget", 10), 1, 90) / 100,
      diagnosticsInterval: interval === null ? null : clamp(Math.round(interval), 0, 100_000),
      // Without diagnostics nothing is there to pay for them.
      ...(get("diagnostics.bias", false) && interval !== 0 ? { biasChecks: "continuous" } : {}),
      ...(dataFolder === undefined ? {} : { dataFolder }),
    };
  },

  /** Folder that holds the run folders of the workspace folder of a model file, or of the first one. */
  runsFolder(file?: string): string | undefined {
    const configured = get("runFolder", "").trim() || "gradlens-runs";
    if (isAbsolute(configured)) return configured;
    const owner = file === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    const folder = owner ?? vscode.workspace.workspaceFolders?.[0];
    return folder?.uri.scheme === "file" ? join(folder.uri.fsPath, configured) : undefined;
  },

  affects: (event: vscode.ConfigurationChangeEvent): boolean => event.affectsConfiguration(section),
};
