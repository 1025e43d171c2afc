import { basename } from "node:path";
import * as vscode from "vscode";
import { activeModelFile, saveIfOpen } from "../commands/train";
import { isModelDocument } from "../modelFile";
import { showError } from "../messages";
import { debugType } from "../ids";
import { GradlensError } from "../../core/errors";

/** Configurations for a model file that is open, so that F5 works without a launch.json. */
export class GradlensConfigurations implements vscode.DebugConfigurationProvider {
  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [configurationOf(activeModelFile())];
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (given.type) return given;
    // F5 with no launch.json: VS Code asks with an empty configuration.
    const editor = vscode.window.activeTextEditor;
    if (editor && isModelDocument(editor.document)) return configurationOf(editor.document.uri);
    void showError(
      new GradlensError(
        "GL8103",
        "no model file is open to debug; open one that exports defineModel(…), or add a launch.json",
      ),
    );
    void folder;
    return undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const file = String(configuration["program"] ?? "").replace(/#[^#/\\]*$/, "");
    if (file) await saveIfOpen(vscode.Uri.file(file));
    return configuration;
  }
}

function configurationOf(file: vscode.Uri | undefined): vscode.DebugConfiguration {
  return {
    type: debugType,
    request: "launch",
    name: file ? `Debug ${basename(file.fsPath)}` : "Debug the open model file",
    program: file ? file.fsPath : "${file}",
    stopOnEntry: true,
  };
}
