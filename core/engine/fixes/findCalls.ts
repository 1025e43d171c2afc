import type { LintFinding } from "../../protocol/lints";
import { type SyntaxNode, walk } from "../parseModelText";
import { stringOf } from "./literal";

/** A node's `sample` call, and the `defineModel` call that it stands in. Null where the text does not tell. */
export interface FoundCalls {
  readonly sample: SyntaxNode | null;
  readonly model: SyntaxNode | null;
}

/** Finds a finding's node by its line and its name: recorded columns are of the text without types, lines are the file's own. */
export function findCalls(program: SyntaxNode, { node, source }: Pick<LintFinding, "node" | "source">): FoundCalls {
  const names = importedNames(program);
  const samples: { readonly call: SyntaxNode; readonly model: SyntaxNode | null }[] = [];
  const models: SyntaxNode[] = [];
  walk(program, (call, ancestors) => {
    if (call.type !== "CallExpression") return;
    const called = calledName(call, names);
    if (called?.name === "defineModel") models.push(call);
    if (called?.name !== "sample" || called.line !== source?.line) return;
    if (stringOf((call["arguments"] as readonly SyntaxNode[])[0]) !== node) return;
    samples.push({
      call,
      model: ancestors.findLast((outer) => calledName(outer, names)?.name === "defineModel") ?? null,
    });
  });
  const [only] = samples;
  if (samples.length !== 1 || !only) return { sample: null, model: models.length === 1 ? models[0]! : null };
  // A function that several models call stands outside of them.
  return { sample: only.call, model: only.model ?? (models.length === 1 ? models[0]! : null) };
}

/** Local names of what is imported from "gradlens", and of the whole module. */
function importedNames(program: SyntaxNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const statement of program["body"] as readonly SyntaxNode[]) {
    if (statement.type !== "ImportDeclaration" || (statement["source"] as SyntaxNode)["value"] !== "gradlens") continue;
    for (const { type, local, imported } of statement["specifiers"] as readonly {
      readonly type: string;
      readonly local: { readonly name: string };
      readonly imported?: { readonly name?: string; readonly value?: string };
    }[])
      names.set(local.name, type === "ImportSpecifier" ? (imported?.name ?? imported?.value ?? local.name) : "*");
  }
  return names;
}

/** Which function of "gradlens" a call calls, and the line of its name. */
function calledName(
  call: SyntaxNode,
  names: ReadonlyMap<string, string>,
): { readonly name: string; readonly line: number } | null {
  if (call.type !== "CallExpression") return null;
  const callee = call["callee"] as SyntaxNode;
  if (callee.type === "Identifier") {
    const name = names.get(callee["name"] as string);
    return name === undefined || name === "*" ? null : { name, line: callee.loc.start.line };
  }
  if (callee.type !== "MemberExpression" || callee["computed"] === true) return null;
  const { object, property } = callee as unknown as { readonly object: SyntaxNode; readonly property: SyntaxNode };
  return object.type === "Identifier" && names.get(object["name"] as string) === "*"
    ? { name: property["name"] as string, line: property.loc.start.line }
    : null;
}
