import { tf } from "../backends/tf";
import { exactGradient, type ExactRequest } from "./exactGradient";
import type { MeasuredVariance } from "./measureVariance";

/** Variance of the exact gradient: no Monte Carlo part, and the spread of the batch's examples as the data part. */
export function exactVariance(
  request: ExactRequest,
  hasData: boolean,
  elementsUpTo: number,
): readonly MeasuredVariance[] {
  const { instance, batchSize: B } = request;
  const m = hasData ? B : 1;
  const examples = Array.from({ length: m }, (_, example) => {
    const data = Object.fromEntries(
      Object.entries(request.data).map(([name, x]) => [name, tf.slice(x, [0, example], [1, 1])]),
    );
    try {
      return exactGradient({ ...request, data, batchSize: 1 }).gradients;
    } finally {
      tf.dispose(Object.values(data));
    }
  });
  return instance.parameters.map(({ name, shape, variable }): MeasuredVariance => {
    const rows = examples.map((gradients) => gradients.get(name)!);
    const mean = Array.from({ length: variable.size }, (_, e) => rows.reduce((total, row) => total + row[e]! / m, 0));
    const spread = (e: number): number =>
      m > 1 ? rows.reduce((total, row) => total + (row[e]! - mean[e]!) ** 2, 0) / (m - 1) / B : 0;
    const data = mean.map((_, e) => spread(e));
    const total = data.reduce((all, value) => all + value, 0);
    const norm = Math.sqrt(mean.reduce((all, value) => all + value * value, 0));
    return {
      name,
      shape,
      monteCarlo: 0,
      data: hasData && m < 2 ? null : total,
      total: hasData && m < 2 ? null : total,
      snr: total > 0 ? norm / Math.sqrt(total) : null,
      interval: [0, 0],
      level: 0.95,
      degreesOfFreedom: 0,
      draws: m,
      ...(variable.size <= elementsUpTo ? { elements: { monteCarlo: mean.map(() => 0), data, total: data } } : {}),
    };
  });
}
