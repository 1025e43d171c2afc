// Collects the texts that the extension's code shows to people, from which translations are made: dist/l10n/bundle.l10n.json.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** Writes every text under itself, as VS Code expects of the language that the code is written in. */
export function bundleStrings(outfile) {
  const files = readdirSync("extension", { withFileTypes: true, recursive: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".ts"),
  );
  const texts = [...new Set(files.flatMap(({ parentPath, name }) => stringsOf(join(parentPath, name))))].sort();
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(outfile, `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`);
}

/** What a file gives to `l10n.t`; a text that is put together first could not be looked up, so that it is an error. */
function stringsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText())) {
      const [text] = node.arguments;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (!text || !ts.isStringLiteralLike(text))
        throw new Error(`${file}:${line + 1}: l10n.t needs a plain text, got ${text?.getText() ?? "nothing"}`);
      found.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
