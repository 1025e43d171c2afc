import type { ModelInstance } from "../graph/instance";
import type { ModelFunctions } from "../model/defineModel";
import { traceHandler, withHandler } from "../model/traceContext";

/**
 * The same model, counting its evaluations: one is a pass of one sample of every row of a batch, so a call whose values have C·S samples
 * counts C·S, and one with more rows of data than a batch counts more.
 *
 * @param of the function whose calls count where a model has two; the model's where posteriors are refined without the guide
 */
export function countEvaluations(
  instance: ModelInstance,
  batchSize: number,
  of: "guide" | "model" = "guide",
): { readonly instance: ModelInstance; readonly count: () => number } {
  let count = 0;
  const counting =
    (run: (data: never) => void) =>
    (data: never): void => {
      const rows =
        Object.values(data as Record<string, { readonly shape: readonly number[] }>)[0]?.shape[1] ?? batchSize;
      const handler = traceHandler("countEvaluations");
      let samples = 1;
      const watching = {
        ...handler,
        sample(site: Parameters<typeof handler.sample>[0]) {
          const value = handler.sample(site);
          samples = Math.max(samples, value.shape[0] ?? 1);
          return value;
        },
      };
      withHandler(watching, () => run(data));
      count += (samples * rows) / batchSize;
    };
  const { functions } = instance;
  const counted: ModelFunctions =
    "program" in functions ? { program: counting(functions.program) } : { ...functions, [of]: counting(functions[of]) };
  return { instance: Object.create(instance, { functions: { value: counted } }) as ModelInstance, count: () => count };
}
