import { basename } from "node:path";
import * as vscode from "vscode";
import { saveIfOpen } from "../commands/saveIfOpen";
import { activeModelFile } from "../commands/train";
import { isModelDocument } from "../modelFile";
import { showError } from "../messages";
import { debugType } from "../ids";
import { GradlensError } from "../../core/errors";

/** Configurations for a model file that is open, so that F5 works without a launch.json. */
export class GradlensConfigurations implements vscode.DebugConfigurationProvider {
  /** @param mayStart asks where a run would have to end for it */
  constructor(private readonly mayStart: () => Promise<boolean>) {}

  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [configurationOf(activeModelFile()?.fsPath)];
  }

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (given.type) return given;
    // F5 with no launch.json: VS Code asks with an empty configuration.
    const editor = vscode.window.activeTextEditor;
    if (editor && isModelDocument(editor.document)) return configurationOf(editor.document.uri.fsPath);
    void showError(
      new GradlensError(
        "GL8103",
        "no model file is open to debug; open one that exports defineModel(…), or add a launch.json",
      ),
    );
    return undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const file = String(configuration["program"] ?? "").replace(/#[^#/\\]*$/, "");
    if (file) await saveIfOpen(vscode.Uri.file(file));
    return (await this.mayStart()) ? configuration : undefined;
  }
}

/** @param program FILE or FILE#EXPORT; none stands for the open file */
export function configurationOf(program: string | undefined): vscode.DebugConfiguration {
  return {
    type: debugType,
    request: "launch",
    name:
      program === undefined
        ? vscode.l10n.t("Debug the open model file")
        : vscode.l10n.t("Debug {0}", basename(program).replace(/#default$/, "")),
    program: program ?? "${file}",
    stopOnEntry: true,
  };
}
