/** The panels' page: says `ready`, is hydrated once, then takes deltas and draws at most ten times a second. */
import type { ToWebview } from "../core/protocol/webview";
import { html } from "./dom";
import { createHeader, type Header } from "./header";
import { host } from "./host";
import type { PanelContext } from "./panel";
import { createPanels } from "./panels/registry";
import { createScheduler } from "./scheduler";
import { sharedDefs } from "./sharedDefs";
import { initialHostState, receive, type HostState } from "./store";
import { text, useStrings } from "./text";
import { createTile, type Tile } from "./tile";
import { createViewStore } from "./viewState";
import { createWatching } from "./watching";

const patienceMs = 3000;

const view = createViewStore(host.getState(), (state) => host.setState(state));
const root = document.querySelector("main") ?? document.body.appendChild(html("main"));
let state: HostState = initialHostState;
let header: Header | undefined;
let tiles: readonly Tile[] = [];

const scheduler = createScheduler(draw);
const context: PanelContext = {
  view,
  post: (message) => host.postMessage(message),
  select(parameter) {
    view.set({ selectedParameter: parameter });
    scheduler.request(true);
  },
  redraw: () => scheduler.request(true),
};

const watching = createWatching((views) => context.post({ type: "watch", views }));

function build(): void {
  header = createHeader(context);
  const panels = createPanels();
  tiles = panels.map((panel) => createTile(panel, context));
  tiles.forEach(({ element }, i) => {
    const { watches } = panels[i] ?? {};
    if (watches) watching.observe(element, watches);
  });
  const grid = html("div", { class: "tiles" }, ...tiles.map(({ element }) => element));
  root.replaceChildren(sharedDefs(), header.element, grid);
}

function draw(): void {
  if (!state.hydrated) return;
  if (!header) build();
  const runId = state.snapshot?.runId ?? null;
  if (runId !== null && runId !== view.get().runId)
    view.set({ runId, lossZoom: null, detailZoom: null, partsZoom: null, graphZoom: null });
  document.body.classList.toggle("has-maximised", view.get().maximised !== null);
  header?.update(state);
  for (const tile of tiles) tile.update(state.snapshot, state.engine);
}

function waiting(): void {
  const message = html("p", { role: "status" }, text("Waiting for the editor…"));
  root.replaceChildren(html("div", { class: "waiting" }, message));
  setTimeout(() => {
    if (state.hydrated) return;
    const button = html("button", { type: "button", class: "secondary" }, text("Show log"));
    button.addEventListener("click", () => host.postMessage({ type: "command", command: "showLog" }));
    message.parentElement?.append(html("p", {}, text("This takes longer than usual.")), button);
  }, patienceMs);
}

window.addEventListener("message", ({ data }: MessageEvent<ToWebview>) => {
  const before = state;
  state = receive(state, data);
  if (data.type === "hydrate") useStrings(data.strings);
  if (data.type === "select") context.select(data.parameter);
  if (state.stale && !before.stale) host.postMessage({ type: "ready" });
  scheduler.request();
  // After the tile was drawn: it may have grown from an empty one.
  if (data.type === "scrollTo")
    requestAnimationFrame(() =>
      document.querySelector(`[data-panel="${data.panel}"]`)?.scrollIntoView({ block: "nearest" }),
    );
});
document.addEventListener("visibilitychange", () => view.flush());
window.addEventListener("pagehide", () => view.flush());

waiting();
host.postMessage({ type: "ready" });
