import type { OptimizerOptions } from "../../../core/model/defineModel";

/** The optimizers' rules for one number in double precision: a second implementation, from the papers. */
export function scalarRule(options: OptimizerOptions, start: number): (gradient: number) => number {
  const rate = options.learningRate!;
  const number = (name: string, otherwise: number): number => (options[name] as number | undefined) ?? otherwise;
  let x = start;
  if (options.id === "sgd") {
    let velocity = 0;
    return (gradient) => {
      velocity = number("momentum", 0) * velocity + gradient;
      return (x -= rate * velocity);
    };
  }
  const [beta1, beta2, epsilon] = [number("beta1", 0.9), number("beta2", 0.999), number("epsilon", 1e-8)];
  let [first, second, steps] = [0, 0, 0];
  return (gradient) => {
    steps++;
    first = beta1 * first + (1 - beta1) * gradient;
    second = beta2 * second + (1 - beta2) * gradient ** 2;
    return (x -= (rate * (first / (1 - beta1 ** steps))) / (Math.sqrt(second / (1 - beta2 ** steps)) + epsilon));
  };
}
