import type { RunSnapshot, RunState } from "../core/protocol/snapshot";
import { html, setText } from "./dom";
import { createFactList } from "./factList";
import { formatCount, formatNumber, formatPercent } from "./format";
import { icon, type IconName } from "./icon";
import type { PanelContext } from "./panel";
import type { HostState } from "./store";
import { text } from "./text";

interface Action {
  readonly command: string;
  readonly title: string;
  readonly picture: IconName;
  readonly primary?: boolean;
  readonly shown: (state: RunState | null) => boolean;
}

const active = (state: RunState | null): boolean => state === "starting" || state === "running" || state === "paused";

function actions(): readonly Action[] {
  return [
    { command: "train", title: text("Run training"), picture: "play", primary: true, shown: (state) => !active(state) },
    { command: "resume", title: text("Resume"), picture: "play", primary: true, shown: (state) => state === "paused" },
    {
      command: "pause",
      title: text("Pause"),
      picture: "pause",
      shown: (state) => state === "running" || state === "starting",
    },
    { command: "stop", title: text("Stop"), picture: "stop", shown: active },
    { command: "changeEstimator", title: text("Change estimator"), picture: "swap", shown: active },
  ];
}

const stateTitles: Readonly<Record<RunState, string>> = {
  starting: "Starting",
  running: "Running",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Failed",
};

/** The strip above the panels: what runs, how far it is, and the buttons that steer it. */
export interface Header {
  readonly element: HTMLElement;
  update(state: HostState): void;
}

export function createHeader(context: PanelContext): Header {
  const title = html("h1", {}, text("Gradient Lens"));
  const stateText = html("span", { class: "run-state", role: "status" });
  const facts = createFactList([
    ["estimator", text("Estimator")],
    ["objective", text("Objective")],
    ["data", text("Data")],
    ["backend", text("Back end")],
    ["step", text("Step")],
    ["speed", text("Steps per second")],
    ["share", text("Diagnostics")],
  ]);
  const buttons = actions().map((action) => {
    const button = html(
      "button",
      { type: "button", class: action.primary ? "primary" : "secondary" },
      icon(action.picture),
      html("span", {}, action.title),
    );
    button.addEventListener("click", () => context.post({ type: "command", command: action.command }));
    return { action, button };
  });
  const bar = html(
    "div",
    { class: "actions", role: "group", "aria-label": text("Run") },
    ...buttons.map(({ button }) => button),
  );
  const progress = html("progress", { max: 1, value: 0, "aria-label": text("Progress of the run") });
  const alertText = html("span");
  const showLog = html("button", { type: "button", class: "secondary" }, text("Show log"));
  showLog.addEventListener("click", () => context.post({ type: "command", command: "showLog" }));
  const alert = html("div", { class: "alert", role: "alert", hidden: true }, icon("warning"), alertText, showLog);
  const element = html(
    "header",
    { class: "run-header" },
    html("div", { class: "run-line" }, html("div", { class: "run-title" }, title, stateText), bar),
    facts.element,
    progress,
    alert,
  );

  return {
    element,
    update({ snapshot, engine, engineMessage }) {
      setText(title, snapshot?.model ?? text("Gradient Lens"));
      if (snapshot) title.title = `${snapshot.file}#${snapshot.exportName}`;
      const state = snapshot?.state ?? null;
      setText(
        stateText,
        state ? text(stateTitles[state]) : engine === "starting" ? text("Engine is starting") : text("No run yet"),
      );
      stateText.dataset["state"] = state ?? "none";
      facts.element.hidden = snapshot === null;
      if (snapshot) fillFacts(snapshot);
      const share = snapshot && snapshot.steps ? snapshot.step / snapshot.steps : null;
      progress.hidden = !active(state) || share === null;
      if (share !== null) progress.value = Math.min(share, 1);
      const hadFocus = bar.contains(document.activeElement);
      for (const { action, button } of buttons) button.hidden = !action.shown(state);
      // A button that is hidden loses the focus; its successor takes it.
      const focused = buttons.some(({ button }) => button === document.activeElement && !button.hidden);
      if (hadFocus && !focused) buttons.find(({ button }) => !button.hidden)?.button.focus();
      const problem =
        state === "failed"
          ? snapshot?.message
          : engine === "failed"
            ? (engineMessage ?? text("The engine stopped working."))
            : null;
      alert.hidden = !problem;
      setText(alertText, problem ?? "");
    },
  };

  function fillFacts(snapshot: RunSnapshot): void {
    facts.set("estimator", snapshot.estimator);
    facts.set("objective", snapshot.objective);
    facts.set(
      "data",
      snapshot.dataset === null
        ? text("none")
        : text("{0}, batch {1}", snapshot.dataset, formatCount(snapshot.batchSize)),
    );
    facts.set("backend", snapshot.backend);
    const steps =
      snapshot.steps === null
        ? formatCount(snapshot.step)
        : text("{0} of {1}", formatCount(snapshot.step), formatCount(snapshot.steps));
    facts.set(
      "step",
      snapshot.epochs === null
        ? steps
        : text("{0} (epoch {1} of {2})", steps, formatCount(snapshot.epoch), formatCount(snapshot.epochs)),
    );
    facts.set("speed", formatNumber(snapshot.stepsPerSecond));
    facts.set(
      "share",
      snapshot.diagnosticsShare === null
        ? text("unknown")
        : text("{0} of the time", formatPercent(snapshot.diagnosticsShare)),
    );
  }
}
