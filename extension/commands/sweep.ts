import * as vscode from "vscode";
import type { SweepRecord } from "../../core/protocol/sweep";
import { pickStep } from "./pickStep";
import { pickTarget } from "./pickTarget";
import type { TrainServices } from "./train";
import { withProgress } from "./withProgress";

/** Sweep: bias² and variance along what can be varied in the target's estimator, at fixed parameters. */
export async function sweep(services: TrainServices, again?: string): Promise<SweepRecord | undefined> {
  const title = vscode.l10n.t("Sweep");
  const target = await pickTarget(services, title);
  if (!target) return undefined;
  const { sweeps, driving } = await services.client.request("sweeps", { target });
  const possible = sweeps.filter(({ refusal }) => refusal === null);
  let chosen = possible.find(({ id }) => id === again);
  if (chosen === undefined) {
    const outcome = await pickStep({
      title,
      placeholder: vscode.l10n.t("What to vary in {0}", driving),
      step: 1,
      totalSteps: 1,
      choices: possible.map((value) => ({
        label: value.title,
        detail: value.summary,
        ...(value.estimator === null ? {} : { description: vscode.l10n.t("with {0}", value.estimator) }),
        value,
      })),
    });
    if (outcome.kind !== "chosen") return undefined;
    chosen = outcome.value;
  }
  const { id: over, estimator } = chosen;
  const record = await withProgress(title, (signal, onProgress) =>
    services.session.sweep({ target, over, ...(estimator === null ? {} : { estimator }) }, { signal, onProgress }),
  );
  if (record) services.showPanels("sweeps");
  return record;
}
