import type { TextEdit } from "../../protocol/lints";
import type { SyntaxNode } from "../parseModelText";
import { bare } from "./literal";

/** What an options argument says of one option. */
export type OptionPlace =
  /** No such option; `argument` is the options argument, null where there is none. */
  | { readonly kind: "missing"; readonly argument: SyntaxNode | null }
  | { readonly kind: "value"; readonly value: SyntaxNode; readonly property: SyntaxNode; readonly object: SyntaxNode }
  /** It is said, but in a way that an edit of the text does not know how to change. */
  | { readonly kind: "unclear" };

/** Where a call's options (its last argument, at `index`) say `name`. */
export function findOption(call: SyntaxNode, index: number, name: string): OptionPlace {
  const args = call["arguments"] as readonly SyntaxNode[];
  if (args.some(({ type }) => type === "SpreadElement") || args.length < index) return { kind: "unclear" };
  const argument = args[index];
  if (!argument) return { kind: "missing", argument: null };
  const object = bare(argument);
  if (object.type === "Identifier" || object.type === "MemberExpression") return { kind: "missing", argument };
  if (object.type !== "ObjectExpression") return { kind: "unclear" };
  const properties = object["properties"] as readonly SyntaxNode[];
  const at = properties.findLastIndex((property) => keyOf(property) === name);
  if (properties.slice(at + 1).some(({ type, computed }) => type === "SpreadElement" || computed === true))
    // What comes after the option, or after all of them, may say something else: an option put last has the last word.
    return at < 0 ? { kind: "missing", argument } : { kind: "unclear" };
  const property = properties[at];
  if (!property) return { kind: "missing", argument };
  const value = property["value"] as SyntaxNode;
  return property.type === "ObjectProperty" && property["shorthand"] !== true
    ? { kind: "value", value, property, object }
    : { kind: "unclear" };
}

/** Edits that add an option at the end of an options argument, or the argument itself, laid out as its neighbours are. */
export function addOption(
  text: string,
  call: SyntaxNode,
  argument: SyntaxNode | null,
  option: string,
): readonly TextEdit[] {
  if (!argument) return append(text, call["arguments"] as readonly SyntaxNode[], call, `{ ${option} }`);
  const object = bare(argument);
  if (object.type !== "ObjectExpression")
    return [
      {
        start: argument.start,
        end: argument.end,
        text: `{ ...${text.slice(argument.start, argument.end)}, ${option} }`,
      },
    ];
  const properties = object["properties"] as readonly SyntaxNode[];
  if (properties.length === 0) return [{ start: object.start, end: object.end, text: `{ ${option} }` }];
  return append(text, properties, object, option);
}

/** Edits that take an option away, with its comma; with the whole argument where it was the only one. */
export function removeOption(
  text: string,
  call: SyntaxNode,
  { property, object }: Extract<OptionPlace, { kind: "value" }>,
): readonly TextEdit[] {
  const properties = object["properties"] as readonly SyntaxNode[];
  const args = call["arguments"] as readonly SyntaxNode[];
  const cut = (list: readonly SyntaxNode[], index: number): TextEdit => {
    const [entry, before, after] = [list[index]!, list[index - 1], list[index + 1]];
    if (before) return { start: before.end, end: entry.end, text: "" };
    return { start: entry.start, end: after?.start ?? entry.end, text: "" };
  };
  const edit = properties.length === 1 ? cut(args, args.length - 1) : cut(properties, properties.indexOf(property));
  // A comment in between would go as well.
  const gone = text.slice(edit.start, edit.end);
  const entry = text.slice(property.start, property.end);
  return /\/\/|\/\*/.test(gone.replace(entry, "")) ? [] : [edit];
}

function keyOf({ key, computed }: SyntaxNode): string | null {
  if (computed === true || typeof key !== "object" || key === null) return null;
  const { name, value } = key as { readonly name?: string; readonly value?: unknown };
  return name ?? (typeof value === "string" ? value : null);
}

/** Adds to a list between brackets: on a line of its own where the last entry has one. */
function append(text: string, list: readonly SyntaxNode[], parent: SyntaxNode, entry: string): readonly TextEdit[] {
  const { start, end } = list.at(-1)!;
  const rest = withoutComments(text.slice(end, parent.end));
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const comma = rest.indexOf(",");
  const lineEnd = rest.indexOf("\n", Math.max(0, comma));
  const inside = parent.type === "ObjectExpression" || list.length > 1;
  if (!inside || !/^[ \t]*$/.test(before) || lineEnd < 0) return [{ start: end, end, text: `, ${entry}` }];
  const windows = rest[lineEnd - 1] === "\r";
  const at = end + lineEnd - (windows ? 1 : 0);
  const line = `${windows ? "\r\n" : "\n"}${before}${entry}`;
  if (comma >= 0) return [{ start: at, end: at, text: `${line},` }];
  return at === end
    ? [{ start: end, end, text: `,${line}` }]
    : [
        { start: end, end, text: "," },
        { start: at, end: at, text: line },
      ];
}

/** Comments as blanks of the same length: a line break that is left is one of the text. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\r\n]*/g, (comment) => " ".repeat(comment.length));
}
