import { GradlensError } from "../errors";
import { tf } from "./tf";

/**
 * One step of the kind that training takes, on the current back end: the loss Σ softplus(x W) and its gradient, which is
 * xᵀ sigmoid(x W), against numbers known beforehand.
 *
 * @throws GradlensError when a kernel is missing or a number is wrong
 */
export async function selfTest(): Promise<void> {
  const [x, weight] = [
    tf.tensor2d([
      [1, 2],
      [-1, 0.5],
    ]),
    tf.tensor2d([[0.5], [-0.25]]),
  ];
  let result: { value: tf.Tensor; grad: tf.Tensor } | undefined;
  let found: Float32Array[];
  try {
    result = tf.valueAndGrad((w: tf.Tensor) => tf.softplus(tf.matMul(x, w as tf.Tensor2D)).sum())(weight);
    found = (await Promise.all([result.value.data(), result.grad.data()])) as Float32Array[];
  } catch (error) {
    throw new GradlensError("GL1302", `its self-test failed: ${firstLine(error)}; use another back end`, {
      cause: error,
    });
  } finally {
    tf.dispose([x, weight, ...(result ? [result.value, result.grad] : [])]);
  }
  const expected = [1.1218479, 0.1513549, 1.1743226];
  const numbers = found.flatMap((values) => [...values]);
  if (numbers.length !== 3 || expected.some((value, i) => !(Math.abs(value - numbers[i]!) < 1e-4))) {
    throw new GradlensError(
      "GL1302",
      `its self-test gave a wrong result, expected ${expected.join(", ")}, got ${numbers.join(", ")}; use another back end`,
    );
  }
}

/** The first line of whatever was thrown. */
export function firstLine(error: unknown): string {
  const message =
    error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? error);
  return message.split("\n")[0]!.trim();
}
