import { tidy } from "../../backends/tidy";
import { type PairMoments, pairMoments } from "../pairMoments";
import { pathScoreRows } from "../pathScoreRows";
import type { ChunkKind } from "./chunks";
import type { Draws } from "./draws";

/** Draws path and score part of every example's gradient; none of a model without both. */
export const pathScorePass: ChunkKind<Draws, readonly (readonly [parameter: string, PairMoments])[]> = {
  id: "path-score-pass",
  compute(subject, { firstReplicate, replicates, ...draws }) {
    const parts = pathScoreRows({ ...subject, ...draws, estimators: subject.sets[0]!.estimators });
    if (!parts) return [];
    return tidy(() => {
      const { path, score } = parts(firstReplicate, replicates);
      return path.map((rows, i) => [rows.name, pairMoments(rows, score[i]!, draws.examples, replicates)] as const);
    });
  },
};
