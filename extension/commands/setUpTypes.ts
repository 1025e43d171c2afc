import { join } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { isTypesPackage, typesModule, typesPackage } from "../types/typesPackage";

/** Where the extension is, and its version. */
export interface ShippedTypes {
  readonly extensionPath: string;
  readonly version: string;
}

/**
 * Set Up Types: writes declarations of "gradlens" into the workspace's node_modules, where TypeScript looks for them whatever its
 * settings. Says what it writes first, asks again where something else stands there, and touches nothing besides.
 */
export async function setUpTypes(shipped: ShippedTypes, near?: vscode.Uri): Promise<void> {
  const folder = await chooseFolder(near);
  if (!folder) return;
  const files = typesPackage(
    await read(vscode.Uri.file(join(shipped.extensionPath, "dist/types/gradlens.d.ts"))),
    shipped.version,
  );
  const target = vscode.Uri.joinPath(folder.uri, "node_modules", typesModule);
  const relative = `${folder.name}/node_modules/${typesModule}`;
  const present = await Promise.all(
    Object.keys(files).map((name) => read(vscode.Uri.joinPath(target, name)).catch(() => null)),
  );
  if (Object.values(files).every((text, i) => text === present[i])) {
    void vscode.window.showInformationMessage(vscode.l10n.t("The types in {0} are up to date.", relative));
    return;
  }
  if (!(await agreed(target, relative, present[0] ?? null))) return;
  for (const [name, text] of Object.entries(files))
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(target, name), new TextEncoder().encode(text));
  await restartTypeScript();
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'TypeScript now knows "gradlens" in {0}. npm may take {1} away; run Set Up Types again then.',
      folder.name,
      relative,
    ),
  );
}

/** Whether TypeScript finds declarations of "gradlens" in a folder by this command or a package. */
export async function hasTypes(folder: vscode.Uri): Promise<boolean> {
  return exists(vscode.Uri.joinPath(folder, "node_modules", typesModule, "package.json"));
}

/** TypeScript does not watch node_modules for a package that it has missed. */
async function restartTypeScript(): Promise<void> {
  const service = vscode.extensions.getExtension("vscode.typescript-language-features");
  if (service?.isActive === true) await vscode.commands.executeCommand("typescript.restartTsServer");
}

async function chooseFolder(near: vscode.Uri | undefined): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === "file") ?? [];
  if (folders.length === 0)
    throw new GradlensError(
      "GL8050",
      "types are set up in a folder, and none is open; open the folder of your model files",
    );
  const document = near ?? vscode.window.activeTextEditor?.document.uri;
  const own = document && vscode.workspace.getWorkspaceFolder(document);
  if (own && folders.includes(own)) return own;
  if (folders.length === 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: vscode.l10n.t("Folder to set up types in") });
}

async function agreed(target: vscode.Uri, relative: string, manifest: string | null): Promise<boolean> {
  const isForeign = manifest === null ? await exists(target) : !isTypesPackage(manifest);
  const write = isForeign ? vscode.l10n.t("Replace") : vscode.l10n.t("Write");
  const question = isForeign
    ? vscode.l10n.t("{0} exists and is not from Gradient Lens. Replace its package.json and index.d.ts?", relative)
    : vscode.l10n.t("Write package.json and index.d.ts into {0}?", relative);
  const detail = vscode.l10n.t(
    'They declare what model files import from "gradlens", tensors included, for TypeScript alone. No other file is touched.',
  );
  const show = isForeign ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  return (await show(question, { modal: true, detail }, write)) === write;
}

const read = async (uri: vscode.Uri): Promise<string> =>
  new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

const exists = (uri: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
