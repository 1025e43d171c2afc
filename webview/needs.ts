import type { RunSnapshot } from "../core/protocol/snapshot";
import type { EngineState } from "../core/protocol/webview";
import { html } from "./dom";
import { icon } from "./icon";
import type { Need, PanelContext } from "./panel";
import { text } from "./text";

/** What every panel needs first: a run. */
export function runNeed(snapshot: RunSnapshot | null, engine: EngineState): Need {
  const command =
    engine === "failed" ? { id: "showLog", title: text("Show log") } : { id: "train", title: text("Run training") };
  return { text: text("A model is training or was trained"), met: snapshot !== null, command };
}

/** Draws the list of preconditions with ticks and the button that helps with the first that is not met. */
export function renderNeeds(element: HTMLElement, needs: readonly Need[], context: PanelContext): void {
  const key = JSON.stringify(needs);
  if (element.dataset["key"] === key) return;
  element.dataset["key"] = key;
  const hadFocus = element.contains(document.activeElement);
  const command = needs.find(({ met }) => !met)?.command;
  const items = needs.map(({ text: what, met }) =>
    html(
      "li",
      { class: met ? "met" : "unmet" },
      icon(met ? "done" : "open"),
      html("span", { class: "visually-hidden" }, met ? text("Done:") : text("Missing:")),
      html("span", {}, what),
    ),
  );
  element.replaceChildren(html("p", {}, text("Nothing to show yet. This panel needs:")), html("ul", {}, ...items));
  if (command) {
    const button = html("button", { type: "button", class: "secondary" }, command.title);
    button.addEventListener("click", () => context.post({ type: "command", command: command.id }));
    element.append(button);
    if (hadFocus) button.focus();
  }
}
