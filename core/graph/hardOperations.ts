import type { tf } from "../backends/tf";
import type { TapeNode } from "../gradients/tape";

/** Operations whose result jumps or stands still as their input moves: what follows them is no smooth function of a relaxed value. */
const hard = new Set([
  "ArgMax",
  "ArgMin",
  "Atan2",
  "Ceil",
  "Equal",
  "Floor",
  "FloorDiv",
  "GatherNd",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
  "Mod",
  "NotEqual",
  "OneHot",
  "Round",
  "Sign",
  "Step",
  "Tan",
  "TopK",
]);

/** Operations whose second derivative is zero but at a point that carries all of it. */
const kinked = new Set(["Abs", "ClipByValue", "LeakyRelu", "Maximum", "Minimum", "Prelu", "Relu", "Relu6"]);

/** A cast to whole numbers or truth values cuts off, though its gradient lets everything through. */
const isHard = ({ kernelName, outputs }: TapeNode): boolean =>
  kernelName === "Cast" ? outputs.some(({ dtype }) => dtype !== "float32") : hard.has(kernelName);

type Meets = (values: ReadonlyMap<string, tf.Tensor>, tape: readonly TapeNode[]) => ReadonlyMap<string, string>;

/** By node, the first hard operation that its value meets on its way to a cost or to the next node's distribution. */
export const hardOperations: Meets = (values, tape) => firstMet(values, tape, isHard);

/** The same for operations with a kink. */
export const kinkedOperations: Meets = (values, tape) =>
  firstMet(values, tape, ({ kernelName }) => kinked.has(kernelName));

/**
 * @param values every node's value as it was recorded
 * @returns by node, the first operation's name; nodes that meet none are left out
 */
function firstMet(
  values: ReadonlyMap<string, tf.Tensor>,
  tape: readonly TapeNode[],
  isMet: (node: TapeNode) => boolean,
): ReadonlyMap<string, string> {
  const behind = new Map<number, ReadonlySet<string>>([...values].map(([name, { id }]) => [id, new Set([name])]));
  const found = new Map<string, string>();
  for (const node of tape) {
    const sources = new Set(Object.values(node.inputs).flatMap((input) => [...(behind.get(input.id) ?? [])]));
    if (sources.size === 0) continue;
    if (isMet(node)) for (const source of sources) if (!found.has(source)) found.set(source, node.kernelName);
    for (const output of node.outputs) if (!behind.has(output.id)) behind.set(output.id, sources);
  }
  return found;
}
