/** The page of the panels test: stands in for the editor (messages, saved state) around the real `webview/main.ts`. Test fixture. */
import type { RunDelta, RunSnapshot } from "../../core/protocol/snapshot";
import type { EngineState, FromWebview, ToWebview } from "../../core/protocol/webview";
import { panelSnapshot, trunkRecord, varianceRecord, type FixtureOptions } from "./panelSnapshot";

interface FakeHost {
  readonly sent: FromWebview[];
  /** What the page gets on `ready`; set before the panels load. */
  snapshot: RunSnapshot | null;
  engine: EngineState;
  sequence: number;
  post(message: ToWebview): void;
  hydrate(): void;
  make(options?: FixtureOptions): RunSnapshot;
  /** Sends a delta with one more step. */
  step(changes?: Partial<RunDelta>): void;
}

/** A theme as VS Code gives it to a webview: classes of the body and variables of the root. */
export interface PageTheme {
  readonly classes: string;
  readonly variables: Readonly<Record<string, string>>;
}

declare global {
  interface Window {
    fakeHost: FakeHost;
    /** Set before the page's scripts run. */
    pageTheme?: PageTheme;
    useTheme: (theme: PageTheme) => void;
    acquireVsCodeApi: () => unknown;
  }
}

window.useTheme = ({ classes, variables }) => {
  document.documentElement.removeAttribute("style");
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
  document.body.className = classes;
};
if (window.pageTheme) window.useTheme(window.pageTheme);

const query = new URLSearchParams(location.search);
const post = (message: ToWebview): void =>
  void window.dispatchEvent(new MessageEvent("message", { data: structuredClone(message) }));

const fake: FakeHost = {
  sent: [],
  engine: (query.get("engine") ?? "ready") as EngineState,
  sequence: 7,
  snapshot: null,
  make: panelSnapshot,
  post,
  hydrate: () =>
    post({ type: "hydrate", engine: fake.engine, snapshot: fake.snapshot, strings: {}, sequence: fake.sequence }),
  step(changes = {}) {
    const { snapshot } = fake;
    if (!snapshot) return;
    const step = snapshot.step + 1;
    const names =
      snapshot.variance.at(-1)?.parameters.map(({ name, shape, total, monteCarlo }) => ({
        name,
        shape,
        scale: total ?? 1,
        monteCarlo: (monteCarlo ?? 0) / (total || 1),
      })) ?? [];
    const delta: RunDelta = {
      runId: snapshot.runId,
      sequence: ++fake.sequence,
      fields: { step },
      loss: [[step, 97 + Math.sin(step)]],
      variance: [varianceRecord(names, step, () => 0.5)],
      ...changes,
    };
    fake.snapshot = { ...snapshot, step };
    post({ type: "delta", delta });
  },
};
window.fakeHost = fake;
if (query.get("run") !== "none") {
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const [steps, interval, parameters] = [number("steps"), number("interval"), number("parameters")];
  fake.snapshot = panelSnapshot({
    ...(steps !== undefined && { steps }),
    ...(interval !== undefined && { interval }),
    ...(parameters !== undefined && { parameters }),
  });
}
const silent = query.has("silent");
window.acquireVsCodeApi = () => ({
  postMessage(message: FromWebview): void {
    fake.sent.push(message);
    if (message.type === "ready" && !silent) setTimeout(fake.hydrate);
    if (message.type === "trunks" && fake.snapshot) {
      const trunks = trunkRecord(fake.snapshot.step, message.example);
      setTimeout(() => fake.step({ fields: { trunks }, loss: [], variance: [] }));
    }
  },
  getState: (): unknown => JSON.parse(sessionStorage.getItem("state") ?? "null"),
  setState: (state: unknown): void => sessionStorage.setItem("state", JSON.stringify(state)),
});
