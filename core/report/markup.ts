/** A piece of HTML or SVG whose texts are escaped. */
export interface Markup {
  readonly markup: string;
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Texts are escaped, pieces taken as they are, null leaves nothing. */
export type Child = Markup | string | null;

const voidElements = new Set(["meta", "br", "hr", "col"]);

export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** An element as text. Numbers of attributes have two decimals: they are pixels. */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeText(typeof value === "number" ? String(round(value)) : value!)}"`)
    .join("");
  if (voidElements.has(tag)) return { markup: `<${tag}${written}>` };
  return { markup: `<${tag}${written}>${all(children)}</${tag}>` };
}

/** Pieces after one another. */
export function all(children: readonly Child[]): string {
  return children
    .map((child) => (child === null ? "" : typeof child === "string" ? escapeText(child) : child.markup))
    .join("");
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
