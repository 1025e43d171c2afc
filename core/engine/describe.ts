import type { ModelDescription } from "../protocol/engine";
import { loadModelFile } from "./modelLoader";
import { prepare } from "./prepare";

/** The models of a file, built and traced on the embedded data where their own data set needs files. */
export async function describe(file: string, dataFolder?: string): Promise<readonly ModelDescription[]> {
  const { models, file: path } = loadModelFile(file);
  const described: ModelDescription[] = [];
  for (const [exportName, definition] of models) {
    const prepared = await prepare(definition, path, dataFolder === undefined ? {} : { dataFolder });
    try {
      described.push({
        exportName,
        name: definition.name,
        objective: prepared.objective.id,
        estimator: prepared.estimatorText,
        dataset: prepared.dataset?.id ?? null,
        batchSize: prepared.batchSize,
        parameters: prepared.instance.parameters.map(({ name, shape, source }) => ({ name, shape, ...(source ? { source } : {}) })),
        graph: prepared.structure.graph,
      });
    } finally {
      prepared.dispose();
    }
  }
  return described;
}
