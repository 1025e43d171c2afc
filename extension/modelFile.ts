import * as vscode from "vscode";

const importsGradlens = /\bfrom\s*["']gradlens["']|\brequire\(\s*["']gradlens["']\s*\)/;

const languages = ["typescript", "javascript"];

/** Selector of the languages that model files are written in. */
export const modelSelector: vscode.DocumentSelector = languages.map((language) => ({ language, scheme: "file" }));

/** Whether a text is a model file as far as its imports tell. */
export const isModelText = (text: string): boolean => importsGradlens.test(text);

/** Whether a document is a file on disk that imports `gradlens` in its first lines. */
export function isModelDocument(document: vscode.TextDocument): boolean {
  if (document.uri.scheme !== "file" || !languages.includes(document.languageId)) return false;
  return isModelText(document.getText(new vscode.Range(0, 0, 200, 0)));
}
