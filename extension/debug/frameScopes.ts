import type { DebugStop } from "../../core/protocol/debug";
import { frameIds } from "./stackFrames";
import type { TermCursor } from "./termCursor";

/** A heading of the Variables view, and where what stands under it is asked for. */
export interface FrameScope {
  readonly name: string;
  readonly path: readonly string[];
}

/** What is shown of a frame: its term or parameter first, then the step's. */
export function frameScopes(frameId: number, at: DebugStop["at"], cursor: TermCursor | null): readonly FrameScope[] {
  const isTop = frameId === frameIds.top;
  const term = isTop ? cursor?.current : undefined;
  const parameter = isTop && !term && at?.kind === "parameter" ? at.name : undefined;
  return [
    ...(term
      ? [
          { name: "Term", path: ["stage", term.node, term.stage] },
          { name: `Node ${term.node}`, path: ["nodes", term.node] },
        ]
      : []),
    ...(parameter === undefined ? [] : [{ name: `Parameter ${parameter}`, path: ["parameters", parameter] }]),
    { name: "Step", path: ["step"] },
    { name: "Nodes", path: ["nodes"] },
    { name: "Parameters", path: ["parameters"] },
    { name: "Baselines", path: ["baselines"] },
  ];
}
