import type { ModelInstance } from "../graph/instance";
import type { ModelFunctions } from "../model/defineModel";

/**
 * The same model, counting how often its functions run: one evaluation per call, more when a call has more rows of data than a batch.
 */
export function countEvaluations(
  instance: ModelInstance,
  batchSize: number,
): { readonly instance: ModelInstance; readonly count: () => number } {
  let count = 0;
  const counting =
    (run: (data: never) => void) =>
    (data: never): void => {
      const rows =
        Object.values(data as Record<string, { readonly shape: readonly number[] }>)[0]?.shape[1] ?? batchSize;
      count += rows / batchSize;
      run(data);
    };
  const { functions } = instance;
  const counted: ModelFunctions =
    "program" in functions
      ? { program: counting(functions.program) }
      : { guide: counting(functions.guide), model: functions.model };
  return { instance: Object.create(instance, { functions: { value: counted } }) as ModelInstance, count: () => count };
}
