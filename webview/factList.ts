import { html, setText } from "./dom";

/** Named values in a row: what a panel knows of one thing. */
export interface FactList {
  readonly element: HTMLElement;
  set(key: string, value: string): void;
}

/** @param facts key and title of each, in order */
export function createFactList(facts: readonly (readonly [key: string, title: string])[]): FactList {
  const values = new Map<string, HTMLElement>();
  const element = html("dl", { class: "facts" });
  for (const [key, title] of facts) {
    const value = html("dd");
    values.set(key, value);
    element.append(html("div", {}, html("dt", {}, title), value));
  }
  return {
    element,
    set(key, value) {
      const node = values.get(key);
      if (node) setText(node, value);
    },
  };
}
