import type { LintFinding, LintFix, TextEdit } from "../../protocol/lints";
import { splitOutsideParentheses } from "../../estimators/estimatorSpec";
import { parseModelText, type SyntaxNode } from "../parseModelText";
import { findCalls } from "./findCalls";
import { bare, quoted, stringOf } from "./literal";
import { addOption, findOption, removeOption } from "./setOption";
import { applyEdits } from "./textEdit";

const SAMPLE_OPTIONS = 2;
const MODEL_OPTIONS = 2;

/**
 * Edits of a model file's text that do away with a finding, the likeliest first: another estimator where the present one is chosen,
 * the node's own option taken away where the model's estimator would do, options of the model. What the text computes is left alone.
 * None where the text does not parse, or where the node's call is not told from others.
 */
export function lintFixes(text: string, isTypeScript: boolean, finding: LintFinding): readonly LintFix[] {
  let program: SyntaxNode;
  try {
    program = parseModelText(text, isTypeScript);
  } catch {
    return [];
  }
  const { sample, model } = findCalls(program, finding);
  const offered = [
    ...finding.instead.flatMap((id) => atNode(text, sample, model, finding.node, id)),
    ...withoutOption(text, sample, model, finding),
    ...finding.instead
      .filter((id) => finding.everywhere?.includes(id))
      .flatMap((id) => everywhere(text, sample, model, id)),
    ...Object.entries(finding.options ?? {}).flatMap(([name, value]) => modelOption(text, model, name, value)),
  ];
  return offered
    .filter(({ edits }) => edits.length > 0 && parses(applyEdits(text, edits), isTypeScript))
    .map((fix, index) => ({ ...fix, preferred: index === 0 }));
}

type Offer = Omit<LintFix, "preferred">;

/** Another estimator at this node: in its own option, or in the model's where that names the node, else in an option of its own. */
function atNode(text: string, sample: SyntaxNode | null, model: SyntaxNode | null, node: string, id: string): Offer[] {
  const title = `Use "${id}" at node "${node}"`;
  const own = sample && findOption(sample, SAMPLE_OPTIONS, "estimator");
  if (own?.kind === "value") return replaceString(text, title, own.value, () => id);
  const whole = model && findOption(model, MODEL_OPTIONS, "estimator");
  if (whole?.kind === "value") {
    const said = stringOf(bare(whole.value));
    const names = said !== null && splitOutsideParentheses(said).some((part) => isNamed(part, node));
    if (names || !sample)
      return replaceString(text, title, whole.value, (present) => {
        const parts = splitOutsideParentheses(present);
        const named = parts.map((part) => (isNamed(part, node) ? `${node}=${id}` : part.trim()));
        return (names ? named : [...named, `${node}=${id}`]).join(",");
      });
  }
  if (!sample && model && whole?.kind === "missing")
    return [{ title, edits: addOption(text, model, whole.argument, `estimator: ${quoted(`${node}=${id}`, text)}`) }];
  if (sample && own?.kind === "missing")
    return [{ title, edits: addOption(text, sample, own.argument, `estimator: ${quoted(id, text)}`) }];
  return [];
}

/** The model's own estimator, where it is one that would do. */
function withoutOption(
  text: string,
  sample: SyntaxNode | null,
  model: SyntaxNode | null,
  { node, instead }: LintFinding,
): Offer[] {
  if (!sample || !model) return [];
  const own = findOption(sample, SAMPLE_OPTIONS, "estimator");
  if (own.kind !== "value" || stringOf(bare(own.value)) === null) return [];
  const whole = findOption(model, MODEL_OPTIONS, "estimator");
  const fallback =
    whole.kind === "value"
      ? stringOf(bare(whole.value))
      : whole.kind === "missing" && isPlain(whole.argument)
        ? "lr-c"
        : null;
  if (fallback === null || !instead.includes(fallback)) return [];
  const title = `Remove the estimator option of node "${node}": the model's ${fallback} then stands here`;
  return [{ title, edits: removeOption(text, sample, own) }];
}

/** Another estimator for the whole model, where the node has none of its own. */
function everywhere(text: string, sample: SyntaxNode | null, model: SyntaxNode | null, id: string): Offer[] {
  if (!model || (sample && findOption(sample, SAMPLE_OPTIONS, "estimator").kind !== "missing")) return [];
  const title = `Use "${id}" in the whole model`;
  const whole = findOption(model, MODEL_OPTIONS, "estimator");
  if (whole.kind === "value") {
    const said = stringOf(bare(whole.value));
    return said === null || said.includes("=") ? [] : replaceString(text, title, whole.value, () => id);
  }
  if (whole.kind !== "missing") return [];
  return [{ title, edits: addOption(text, model, whole.argument, `estimator: ${quoted(id, text)}`) }];
}

/** Another value of a model's option. */
function modelOption(text: string, model: SyntaxNode | null, name: string, value: number): Offer[] {
  if (!model) return [];
  const title = `Set ${name} to ${value} in the model`;
  const place = findOption(model, MODEL_OPTIONS, name);
  if (place.kind === "missing") return [{ title, edits: addOption(text, model, place.argument, `${name}: ${value}`) }];
  if (place.kind !== "value" || bare(place.value).type !== "NumericLiteral") return [];
  const { start, end } = bare(place.value);
  return [{ title, edits: [{ start, end, text: String(value) }] }];
}

/** Replaces a string of the text; nothing where it is computed. */
function replaceString(text: string, title: string, value: SyntaxNode, by: (present: string) => string): Offer[] {
  const literal = bare(value);
  const present = stringOf(literal);
  if (present === null) return [];
  const edit: TextEdit = { start: literal.start, end: literal.end, text: quoted(by(present), text, literal) };
  return [{ title, edits: [edit] }];
}

const isNamed = (part: string, node: string): boolean => /^\s*([^=()]+?)\s*=/.exec(part)?.[1] === node;

/** Whether all options of an argument stand in the text. */
function isPlain(argument: SyntaxNode | null): boolean {
  if (!argument) return true;
  const object = bare(argument);
  return (
    object.type === "ObjectExpression" &&
    (object["properties"] as readonly SyntaxNode[]).every(({ type }) => type !== "SpreadElement")
  );
}

function parses(text: string, isTypeScript: boolean): boolean {
  try {
    parseModelText(text, isTypeScript);
    return true;
  } catch {
    return false;
  }
}
