import type { DebugFilter } from "../../core/protocol/debug";
import type { Localizer } from "./localizer";

/** What the Breakpoints view says of an alarm. */
export interface FilterText {
  readonly label: string;
  readonly description: string;
}

export function filterTexts(l10n: Localizer): Readonly<Record<DebugFilter, FilterText>> {
  return {
    "non-finite": {
      label: l10n.t("NaN or infinite"),
      description: l10n.t("Stops when the loss or a gradient is NaN or infinite, before the update."),
    },
    "variance-spike": {
      label: l10n.t("Variance spike"),
      description: l10n.t(
        "Stops when the squared norm of the gradient is the largest of the last W + 1 steps: false alarms at 1 step in W + 1 where steps are alike (W: spikeWindow, 999 unless said).",
      ),
    },
    "sign-flip": {
      label: l10n.t("Gradient sign flip"),
      description: l10n.t(
        "Stops when a tensor's gradient points against its running mean further than in any of the last W steps: false alarms at 1 step in W + 1 per tensor where steps are alike.",
      ),
    },
  };
}
