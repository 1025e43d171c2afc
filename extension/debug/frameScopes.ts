import type { DebugStop } from "../../core/protocol/debug";
import type { Localizer } from "./localizer";
import { frameIds } from "./stackFrames";
import type { TermCursor } from "./termCursor";

/** A heading of the Variables view, and where what stands under it is asked for. */
export interface FrameScope {
  readonly name: string;
  readonly path: readonly string[];
}

/** What is shown of a frame: its term or parameter first, then the step's. */
export function frameScopes(
  frameId: number,
  at: DebugStop["at"],
  cursor: TermCursor | null,
  l10n: Localizer,
): readonly FrameScope[] {
  const isTop = frameId === frameIds.top;
  const term = isTop ? cursor?.current : undefined;
  const parameter = isTop && !term && at?.kind === "parameter" ? at.name : undefined;
  return [
    ...(term
      ? [
          { name: l10n.t("Term"), path: ["stage", term.node, term.stage] },
          { name: l10n.t("Node {0}", term.node), path: ["nodes", term.node] },
        ]
      : []),
    ...(parameter === undefined ? [] : [{ name: l10n.t("Parameter {0}", parameter), path: ["parameters", parameter] }]),
    { name: l10n.t("Step"), path: ["step"] },
    { name: l10n.t("Nodes"), path: ["nodes"] },
    { name: l10n.t("Parameters"), path: ["parameters"] },
    { name: l10n.t("Baselines"), path: ["baselines"] },
  ];
}
