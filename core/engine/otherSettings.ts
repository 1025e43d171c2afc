import { objectiveText } from "../objectives/objective";
import type { Prepared } from "./prepare";
import type { RunManifest } from "./runFolder";

/** In what a prepared model is not as the run was trained: `--batch 20 (the run has 10)`, one entry each; estimators may differ. */
export function otherSettings(prepared: Prepared, manifest: RunManifest): readonly string[] {
  const { objective, dataset, batchSize, seed } = prepared;
  const pairs = [
    ["objective", objectiveText(objective), manifest.objective],
    ["dataset", dataset?.id ?? "none", manifest.dataset ?? "none"],
    ["batch", String(batchSize), String(manifest.batchSize)],
    ["seed", String(seed), String(manifest.seed)],
  ] as const;
  return pairs
    .filter(([, now, then]) => now !== then)
    .map(([name, now, then]) => `--${name} ${now} (the run has ${then})`);
}
