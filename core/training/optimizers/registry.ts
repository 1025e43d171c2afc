import { GradlensError } from "../../errors";
import type { OptimizerOptions } from "../../model/defineModel";
import { Adam } from "./adam";
import type { Optimizer } from "./optimizer";
import { Sgd } from "./sgd";
import { unknownName } from "../../unknownName";

interface OptimizerDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Options besides the learning rate, with the values they accept. */
  readonly options: Readonly<
    Record<string, { readonly allowed: string; readonly accepts: (value: number) => boolean }>
  >;
  create(options: Readonly<Record<string, number>>): Optimizer;
}

const share = { allowed: "a number in [0, 1)", accepts: (value: number): boolean => value >= 0 && value < 1 };
const positive = { allowed: "a number above 0", accepts: (value: number): boolean => value > 0 };

export const optimizers: readonly OptimizerDescription[] = [
  {
    id: "adam",
    title: "Adam",
    summary: "adaptive moments, default rate 1e-3",
    options: { beta1: share, beta2: share, epsilon: positive },
    create: (options) => new Adam(options),
  },
  {
    id: "sgd",
    title: "SGD",
    summary: "gradient descent with optional momentum, default rate 1e-2",
    options: { momentum: share },
    create: (options) => new Sgd(options),
  },
];

/** @throws GL1320–GL1322 naming the option, what it accepts and what was found */
export function createOptimizer({ id, ...given }: OptimizerOptions): Optimizer {
  const description = optimizers.find((candidate) => candidate.id === id);
  if (!description) {
    const ids = optimizers.map((candidate) => candidate.id);
    throw unknownName("GL1320", "optimizer", id, ids, false);
  }
  const known = { learningRate: positive, ...description.options };
  const options: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const spec = known[name as keyof typeof known];
    if (!spec)
      throw new GradlensError(
        "GL1321",
        `optimizer ${id} has no option "${name}"; it has ${Object.keys(known).join(", ")}`,
      );
    if (typeof value !== "number" || !spec.accepts(value))
      throw new GradlensError("GL1322", `option ${name} of optimizer ${id} needs ${spec.allowed}, got ${value}`);
    options[name] = value;
  }
  return description.create(options);
}
