import type { SyntaxNode } from "../parseModelText";

/** The words of a string that stands in the text as such: quoted, or a template without holes. Else null. */
export function stringOf(node: SyntaxNode | undefined): string | null {
  if (node?.type === "StringLiteral") return node["value"] as string;
  if (node?.type !== "TemplateLiteral") return null;
  const quasis = node["quasis"] as readonly { readonly value: { readonly cooked: string | null } }[];
  return quasis.length === 1 ? quasis[0]!.value.cooked : null;
}

/** Without parentheses and types around it. */
export function bare(node: SyntaxNode): SyntaxNode {
  const wrapped = ["ParenthesizedExpression", "TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"];
  return wrapped.includes(node.type) ? bare(node["expression"] as SyntaxNode) : node;
}

/** Words as a string of the text, in the quotes of the one that they replace. */
export function quoted(words: string, text: string, like?: SyntaxNode): string {
  const quote = like ? text[like.start]! : '"';
  return `${quote}${words}${quote}`;
}
