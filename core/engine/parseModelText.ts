import { parse } from "@babel/parser";

/** A node of a syntax tree, as far as model files are looked at. Offsets count UTF-16 units from the text's beginning. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly [field: string]: unknown;
}

/** The syntax tree of a model file's text. @throws the parser's error where the text breaks the grammar */
export function parseModelText(text: string, isTypeScript: boolean): SyntaxNode {
  return parse(text, {
    sourceType: "unambiguous",
    allowReturnOutsideFunction: true,
    plugins: isTypeScript ? ["typescript"] : [],
    // An argument's end is then behind its parentheses.
    createParenthesizedExpressions: true,
  }).program as unknown as SyntaxNode;
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string" && "start" in value
  );
}

/** Every node with its ancestors, outermost first. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? (field as readonly unknown[]) : [field])
      if (isSyntaxNode(child)) walk(child, visit, inner);
  }
}
