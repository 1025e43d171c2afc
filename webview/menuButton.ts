import { html } from "./dom";
import { icon, type IconName } from "./icon";

export interface MenuItem {
  readonly title: string;
  readonly run: () => void;
}

/** A button that opens a short menu; arrows move in it, Escape closes it. */
export function menuButton(title: string, picture: IconName, items: readonly MenuItem[]): HTMLElement {
  const button = html(
    "button",
    { type: "button", class: "tool", title, "aria-label": title, "aria-haspopup": "menu", "aria-expanded": "false" },
    icon(picture),
  );
  const entries = items.map(({ title: name, run }) => {
    const entry = html("button", { type: "button", role: "menuitem", tabindex: -1 }, name);
    entry.addEventListener("click", () => {
      close();
      button.focus();
      run();
    });
    return entry;
  });
  const menu = html("div", { class: "menu", role: "menu", "aria-label": title, hidden: true }, ...entries);
  const element = html("div", { class: "menu-button" }, button, menu);

  function open(): void {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    entries[0]?.focus();
  }
  function close(): void {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }
  button.addEventListener("click", () => (menu.hidden ? open() : close()));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  });
  element.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !element.contains(event.relatedTarget)) close();
  });
  menu.addEventListener("keydown", (event) => {
    const index = entries.findIndex((entry) => entry === document.activeElement);
    const move = { ArrowDown: index + 1, ArrowUp: index - 1 + entries.length, Home: 0, End: entries.length - 1 }[
      event.key
    ];
    if (move !== undefined) entries[move % entries.length]?.focus();
    else if (event.key === "Escape") {
      event.stopPropagation();
      close();
      button.focus();
    } else return;
    event.preventDefault();
  });
  return element;
}
