import { nativeOperations } from "../native/nativeOperations";
import { updateInPlace } from "../native/updateInPlace";
import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

export interface AdamSettings {
  readonly learningRate: number;
  /** Number of this step, from 1. */
  readonly step: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * One step of Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p ← p − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and
 * v̂ = v / (1 − β₂ᵗ). One pass over memory where the back end has the kernel. The gradient stays the caller's.
 *
 * Reference: Kingma, Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
 */
export function adamUpdate(
  parameter: tf.Variable,
  gradient: tf.Tensor,
  firstMoment: tf.Variable,
  secondMoment: tf.Variable,
  { learningRate, step, beta1, beta2, epsilon }: AdamSettings,
): void {
  const rate = learningRate / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  const kernels = wasmKernels(parameter, gradient, firstMoment, secondMoment);
  if (kernels) {
    const moments = [ownPointer(firstMoment), ownPointer(secondMoment)] as const;
    const g = kernels.pointer(gradient);
    writeParameter(parameter, (p, out) => {
      const factors = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon] as const;
      kernels.functions.adam(p, g, ...moments, out, parameter.size, rate, correction, ...factors);
    });
    return;
  }
  const native = nativeOperations(parameter, gradient, firstMoment, secondMoment);
  if (native) {
    // The library takes 1 − β from β in float32; the corrections are those of that β. Its ε stands beside √v, not √v̂.
    const [first, second] = [Math.fround(beta1), Math.fround(beta2)];
    const root = Math.sqrt(1 - second ** step);
    const settings = [0, 0, (learningRate * root) / (1 - first ** step), beta1, beta2, epsilon * root];
    const others = [...settings.map((value) => native.scalar(value)), native.id(gradient)];
    updateInPlace(native, "ResourceApplyAdam", [parameter, firstMoment, secondMoment], others, native.floats);
    return;
  }
  tf.tidy(() => {
    firstMoment.assign(tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1)));
    secondMoment.assign(tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const scale = tf.add(tf.mul(tf.sqrt(secondMoment), correction), epsilon);
    parameter.assign(tf.sub(parameter, tf.div(tf.mul(firstMoment, rate), scale)));
  });
}

/** One step of gradient descent with momentum: velocity ← μ velocity + g, p ← p − η velocity. */
export function momentumUpdate(
  parameter: tf.Variable,
  gradient: tf.Tensor,
  velocity: tf.Variable,
  learningRate: number,
  momentum: number,
): void {
  const kernels = wasmKernels(parameter, gradient, velocity);
  if (kernels) {
    const speed = ownPointer(velocity);
    writeParameter(parameter, (p, out) =>
      kernels.functions.momentum(p, kernels.pointer(gradient), speed, out, parameter.size, learningRate, momentum),
    );
    return;
  }
  const native = nativeOperations(parameter, gradient, velocity);
  if (native) {
    const others = [native.scalar(learningRate), native.id(gradient), native.scalar(momentum)];
    updateInPlace(native, "ResourceApplyMomentum", [parameter, velocity], others, native.floats);
    return;
  }
  tf.tidy(() => {
    velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
    parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)));
  });
}

/** One step of gradient descent: p ← p − η g. */
export function descentUpdate(parameter: tf.Variable, gradient: tf.Tensor, learningRate: number): void {
  const native = nativeOperations(parameter, gradient);
  if (native) {
    const others = [native.scalar(learningRate), native.id(gradient)];
    updateInPlace(native, "ResourceApplyGradientDescent", [parameter], others, native.floats);
    return;
  }
  tf.tidy(() => parameter.assign(tf.sub(parameter, tf.mul(gradient, learningRate))));
}

/** Whether nothing but the variable refers to its data, so that it may be overwritten. */
function isSoleOwner(variable: tf.Variable): boolean {
  return tf.engine().backend.refCount(variable.dataId) === 1;
}

/** Address of a variable's data after a copy for itself where others share it. */
function ownPointer(variable: tf.Variable): number {
  const kernels = wasmKernels(variable)!;
  if (!isSoleOwner(variable)) tf.tidy(() => variable.assign(tf.add(variable, 0)));
  return kernels.pointer(variable);
}

/** In place where the data is the variable's alone, else into a new tensor, so that detached copies keep the old values. */
function writeParameter(parameter: tf.Variable, write: (from: number, to: number) => void): void {
  const kernels = wasmKernels(parameter)!;
  const from = kernels.pointer(parameter);
  if (isSoleOwner(parameter)) {
    write(from, from);
    return;
  }
  const out = kernels.output(parameter.shape);
  write(from, kernels.pointer(out));
  parameter.assign(out);
  out.dispose();
}
