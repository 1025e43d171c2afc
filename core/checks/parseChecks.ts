import Ajv, { type ErrorObject } from "ajv";
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import schema from "../../media/schema/checks.schema.json";
import { GradlensError } from "../errors";
import type { Expectation } from "../protocol/checks";
import type { SourceLocation } from "../protocol/source";

/** One entry of a checks file, as it is written. */
export interface CheckEntry {
  readonly model: string;
  readonly estimators?: "serving" | readonly string[];
  readonly except?: readonly string[];
  readonly expect: Expectation;
  readonly margin?: number;
  readonly level?: number;
  readonly draws?: number;
  readonly bounds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly checkpoint?: string;
  readonly objective?: string;
  readonly samples?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly dataset?: string;
}

export interface ParsedChecks {
  readonly falseAlarmRate: number;
  readonly checks: readonly (CheckEntry & { readonly source: SourceLocation })[];
}

/** What a file that says nothing else shares among its tests. */
export const FALSE_ALARM_RATE = 0.05;

const validate = new Ajv({ allErrors: false, strict: false, verbose: true }).compile(schema);

/**
 * Reads a checks file: JSON, comments allowed, of the form that `media/schema/checks.schema.json` describes.
 *
 * @throws GL2701 where it is no JSON, GL2702 where it is of another form; both name the line
 */
export function parseChecks(text: string, file: string): ParsedChecks {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !root) {
    const source = locate(text, file, first?.offset ?? 0);
    const reason = first ? spaced(printParseErrorCode(first.error)) : "it is empty";
    throw fault("GL2701", source, `no JSON: ${reason}; mend the line`);
  }
  const value = valueOf(root);
  if (!validate(value)) {
    const error = validate.errors![0]!;
    throw fault("GL2702", locate(text, file, offsetOf(root, error)), explain(error));
  }
  const { falseAlarmRate = FALSE_ALARM_RATE, checks } = value as {
    readonly falseAlarmRate?: number;
    readonly checks: readonly CheckEntry[];
  };
  return {
    falseAlarmRate,
    checks: checks.map((check, i) => ({
      ...check,
      source: locate(text, file, findNodeAtLocation(root, ["checks", i])!.offset),
    })),
  };
}

function fault(code: string, source: SourceLocation, what: string): GradlensError {
  return new GradlensError(code, `${source.file}:${source.line}:${source.column}: ${what}`, { source, usage: true });
}

/** `InvalidSymbol` as `invalid symbol`. */
const spaced = (code: string): string => code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

/** Objects without a prototype, so that a member named `__proto__` is one like all others. */
function valueOf(node: Node): unknown {
  if (node.type === "array") return (node.children ?? []).map(valueOf);
  if (node.type !== "object") return node.value as unknown;
  const object = Object.create(null) as Record<string, unknown>;
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (key && value) object[String(key.value)] = valueOf(value);
  }
  return object;
}

const path = (instancePath: string): (string | number)[] =>
  instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function offsetOf(root: Node, { instancePath, params }: ErrorObject): number {
  const extra = (params as { readonly additionalProperty?: string }).additionalProperty;
  const at = path(instancePath);
  if (extra !== undefined) {
    const member = findNodeAtLocation(root, [...at, extra])?.parent;
    if (member) return member.offset;
  }
  return (findNodeAtLocation(root, at) ?? root).offset;
}

/** What was expected at a place and what is there. */
function explain({ instancePath, keyword, params, message, data }: ErrorObject): string {
  const place = path(instancePath).reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
  const at = place === "" ? "the file" : `"${place}"`;
  const given = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: readonly string[] };
  if (keyword === "additionalProperties")
    return `${at} has no member "${given.additionalProperty}"; see media/schema/checks.schema.json, or let the editor complete it`;
  if (keyword === "required") return `${at} needs a member "${given.missingProperty}"; add it`;
  const found = JSON.stringify(data) ?? "nothing";
  const short = found.length > 60 ? `${found.slice(0, 57)}…` : found;
  if (keyword === "enum") return `${at} must be one of ${given.allowedValues!.join(", ")}, got ${short}`;
  if (keyword === "oneOf" || keyword === "const")
    return `${at} must be "serving" or a list of estimators, got ${short}`;
  return `${at} ${message ?? "is of the wrong form"}, got ${short}`;
}

function locate(text: string, file: string, offset: number): SourceLocation {
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
