import type { ModelDescription } from "../protocol/engine";
import { dataset as findDataset } from "../data/registry";
import { GradlensError } from "../errors";
import type { ModelDefinition } from "../model/defineModel";
import { loadModelFile } from "./modelLoader";
import { prepare, type Prepared } from "./prepare";
import { objectiveText } from "../objectives/objective";

/** Embedded data sets whose inputs have the names and shapes of one that needs files. */
const standIns: Readonly<Record<string, string>> = {
  mnist: "digits",
  "mnist-stochastic": "digits",
  "binarized-mnist": "digits-binarized",
  "mnist-top-bottom": "digits-top-bottom",
  omniglot: "digits-binarized",
};

/**
 * The models of a file, built and traced. Where a model's data set needs files, embedded data of the same shapes stand in for them.
 * A model that cannot be built is listed with the reason.
 */
export async function describe(file: string, dataFolder?: string): Promise<readonly ModelDescription[]> {
  const { models, file: path } = loadModelFile(file);
  const described: ModelDescription[] = [];
  for (const [exportName, definition] of models) {
    try {
      described.push(await describeModel(exportName, definition, path, dataFolder));
    } catch (error) {
      if (!(error instanceof GradlensError)) throw error;
      const { objective = "", estimator = "", data = null, batchSize = 1 } = definition.options;
      described.push({
        exportName,
        name: definition.name,
        objective,
        estimator,
        dataset: data,
        batchSize,
        parameters: [],
        graph: { nodes: [], edges: [] },
        problem: error.message,
      });
    }
  }
  return described;
}

async function describeModel(
  exportName: string,
  definition: ModelDefinition,
  path: string,
  dataFolder: string | undefined,
): Promise<ModelDescription> {
  const prepared = await prepareAnyhow(definition, path, dataFolder);
  try {
    return {
      exportName,
      name: definition.name,
      objective: objectiveText(prepared.objective),
      estimator: prepared.estimatorText,
      dataset: definition.options.data ?? null,
      batchSize: prepared.dataset ? (definition.options.batchSize ?? prepared.batchSize) : prepared.batchSize,
      parameters: prepared.instance.parameters.map(({ name, shape, source }) => ({
        name,
        shape,
        ...(source ? { source } : {}),
      })),
      graph: prepared.structure.graph,
    };
  } finally {
    prepared.dispose();
  }
}

/** A model of a file, with embedded data in place of data that needs files. */
export function prepareAnyhow(
  definition: ModelDefinition,
  path: string,
  dataFolder: string | undefined,
): Promise<Prepared> {
  const { data } = definition.options;
  const standIn = data === undefined ? undefined : standIns[data];
  if (standIn !== undefined && findDataset(data!).needsFiles.length > 0)
    return prepare(definition, path, { dataset: standIn, batchSize: 1 });
  return prepare(definition, path, dataFolder === undefined ? {} : { dataFolder });
}
