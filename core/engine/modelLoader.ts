import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { Script } from "node:vm";
import { transform } from "sucrase";
import * as gradlens from "../index";
import { backendFailure } from "../backends/backendFailure";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { locate, registerModelFile } from "../model/callSite";
import { isModelDefinition, type ModelDefinition } from "../model/defineModel";
import { withFixedChance } from "../model/fixedChance";
import { locateSyntaxError } from "./locateSyntaxError";
import { originalColumn } from "./originalColumn";

export interface LoadedModels {
  readonly file: string;
  /** By export name, in the file's order; `default` first. */
  readonly models: ReadonlyMap<string, ModelDefinition>;
}

/** Where a model's definition came from, so that another engine can make the same one although the files change meanwhile. */
export interface ModelOrigin {
  readonly file: string;
  readonly exportName: string;
  /** Texts of the file and of those that it imports, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

const origins = new WeakMap<ModelDefinition, ModelOrigin>();

/** Null for a model that was not loaded from a file. */
export function modelOrigin(definition: ModelDefinition): ModelOrigin | null {
  return origins.get(definition) ?? null;
}

const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

export const isTypeScript = (file: string): boolean => /\.[cm]?ts$/.test(file);

/**
 * Runs a model file and collects the models it exports. TypeScript is stripped of its types line by line, so that recorded call
 * sites are the file's own; "gradlens" is the engine's copy. The file is read anew each time, and so is what it imports.
 *
 * @param known texts that are taken instead of the files'
 */
export function loadModelFile(path: string, known: ReadonlyMap<string, string> = new Map()): LoadedModels {
  const file = resolve(path);
  if (!existsSync(file))
    throw new GradlensError("GL1501", `model file ${path} does not exist; check the path`, { usage: true });
  if (!statSync(file).isFile())
    throw new GradlensError("GL1502", `${path} is a folder, expected a model file (.ts or .js)`, { usage: true });
  if (!extensions.includes(extname(file)))
    throw new GradlensError("GL1503", `${path} is no model file, expected one of ${extensions.join(", ")}`, {
      usage: true,
    });
  const texts = new Map<string, string>();
  const read = (from: string): string => {
    const text = known.get(from) ?? readFileSync(from, "utf8");
    texts.set(from, text);
    return text;
  };
  const exports = withFixedChance(() => runModule(file, new Map(), read));
  const models = new Map<string, ModelDefinition>();
  for (const [name, value] of Object.entries(exports).sort(
    ([a], [b]) => Number(b === "default") - Number(a === "default"),
  )) {
    if (!isModelDefinition(value)) continue;
    models.set(name, value);
    origins.set(value, { file, exportName: name, texts });
  }
  if (models.size === 0)
    throw new GradlensError("GL1504", `${path} exports no model; add "export default defineModel(name, () => …)"`);
  return { file, models };
}

/** One model of a file: the named export, else the default, else the only one. */
export function pickModel(
  loaded: LoadedModels,
  exportName: string | undefined,
): { readonly exportName: string; readonly definition: ModelDefinition } {
  const { models, file } = loaded;
  const names = [...models.keys()].join(", ");
  if (exportName !== undefined) {
    const definition = models.get(exportName);
    if (!definition)
      throw new GradlensError("GL1505", `${file} has no model "${exportName}"; it exports ${names}`, { usage: true });
    return { exportName, definition };
  }
  const byDefault = models.get("default");
  if (byDefault) return { exportName: "default", definition: byDefault };
  if (models.size > 1)
    throw new GradlensError(
      "GL1506",
      `${file} exports several models and no default; write FILE#EXPORT with one of ${names}`,
      { usage: true },
    );
  const [[only, definition]] = [...models] as [[string, ModelDefinition]];
  return { exportName: only, definition };
}

const wrapper = "(function (exports, require, module, __filename, __dirname) {";

function runModule(
  file: string,
  loading: Map<string, { exports: Record<string, unknown> }>,
  read: (file: string) => string,
): Record<string, unknown> {
  const known = loading.get(file);
  if (known) return known.exports;
  const module = { exports: {} as Record<string, unknown> };
  loading.set(file, module);
  const { code, sourceMap } = toCommonJs(file, read(file));
  registerModelFile(file, originalColumn(sourceMap));
  const nodeRequire = createRequire(file);
  const require = (request: string): unknown => {
    if (request === "gradlens") return gradlens;
    if (request === "@tensorflow/tfjs" || request === "@tensorflow/tfjs-core") return tf;
    if (request.startsWith(".")) {
      const target = resolveRelative(file, request);
      return target.endsWith(".json") ? JSON.parse(read(target)) : runModule(target, loading, read);
    }
    return nodeRequire(request) as unknown;
  };
  try {
    const run = new Script(`${wrapper}${code}\n})`, {
      filename: file,
      columnOffset: -wrapper.length,
    }).runInThisContext() as (...args: unknown[]) => void;
    run(module.exports, require, module, file, dirname(file));
  } catch (error) {
    throw asModelError(error, file);
  }
  return module.exports;
}

function toCommonJs(
  file: string,
  text: string,
): { readonly code: string; readonly sourceMap: { readonly mappings: string } } {
  try {
    const { code, sourceMap } = transform(text, {
      transforms: isTypeScript(file) ? ["typescript", "imports"] : ["imports"],
      filePath: file,
      production: true,
      preserveDynamicImport: true,
      sourceMapOptions: { compiledFilename: file },
    });
    return { code, sourceMap: sourceMap! };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /\((\d+):(\d+)\)/.exec(message);
    const { line, column, reason } = locateSyntaxError(text, isTypeScript(file)) ?? {
      line: Number(position?.[1] ?? 1),
      column: Number(position?.[2] ?? 1),
      reason: message
        .replace(/^Error transforming [^:]*: /, "")
        .replace(/\s*\(\d+:\d+\)\s*$/, "")
        .replace(/^Error: /, ""),
    };
    throw new GradlensError("GL1507", `${file}:${line}:${column}: syntax error: ${reason}; mend the line`, {
      source: { file, line, column },
    });
  }
}

function resolveRelative(from: string, request: string): string {
  const base = resolve(dirname(from), request);
  const candidates = [
    base,
    ...extensions.map((extension) => base + extension),
    base.replace(/\.js$/, ".ts"),
    ...extensions.map((extension) => resolve(base, `index${extension}`)),
  ];
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (!found) throw new GradlensError("GL1508", `${from} imports "${request}", which does not exist; check the path`);
  return found;
}

/** What a user's text threw, or a call in it, as one sentence at its line; a failure of the back end under it stays one. */
export function asModelError(error: unknown, file: string): GradlensError {
  if (error instanceof GradlensError) return placed(error);
  const failure = backendFailure(error);
  if (failure) return failure;
  const message = error instanceof Error ? error.message.split("\n")[0]! : String(error);
  const source = error instanceof Error ? locate(error.stack ?? "") : undefined;
  const syntax = error instanceof SyntaxError ? /^(.*):(\d+)$/m.exec((error.stack ?? "").split("\n")[0] ?? "") : null;
  const place = source ? `${source.file}:${source.line}` : syntax ? `${syntax[1]}:${syntax[2]}` : file;
  const name = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  return new GradlensError("GL1509", `${place}: the model threw ${name}${message}`, {
    ...(source ? { source } : {}),
    cause: error,
  });
}

/** An error without a place, at the line of the model file that made the call. */
function placed(error: GradlensError): GradlensError {
  const plain = error.constructor === GradlensError && !error.source;
  const source = plain ? locate(error.stack ?? "") : undefined;
  if (!source) return error;
  const { code, message, usage } = error;
  return new GradlensError(code, message, { source, usage, cause: error });
}
