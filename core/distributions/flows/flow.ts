import { customOp } from "../../backends/customOp";
import { detach } from "../../backends/detach";
import { tf } from "../../backends/tf";
import { GradlensError } from "../../errors";
import { isolate } from "../../gradients/isolate";
import { unrecorded } from "../../gradients/tape";
import { sumTo } from "../../numerics/bernoulliLogProb";
import { type Continuous, isContinuous } from "../continuous";
import type { Distribution } from "../distribution";
import { firstOutside, intervals } from "../tensorParameter";
import type { FlowLayer } from "./flowLayer";
import { refuseUnknownParameters } from "../refuseUnknownParameters";

/** The image of a base distribution under invertible layers. */
export interface Flow extends Continuous {
  readonly base: Continuous;
  readonly layers: readonly FlowLayer[];
}

/**
 * A normalising flow: z = f(x), x drawn from `base`, f the layers one after the other. By the change of variables,
 *
 *   log q(z) = log p(x) − Σ_l log |det ∂f_l/∂x_l|,  x = f⁻¹(z)
 *
 * (Rezende and Mohamed, *Variational inference with normalizing flows*, 2015, eq. 7). Every layer has an inverse, so z may be any value,
 * drawn here or not; gradients flow to z, the base's and the layers' parameters. `mean()` is the image of the base's mean, which stands
 * for a typical value where a mean-field pass asks for one; E[z] has no closed form.
 */
export function flow(parameters: { readonly base: Distribution; readonly layers: readonly FlowLayer[] }): Flow {
  refuseUnknownParameters("flow", parameters);
  const { base, layers } = parameters;
  if (!isContinuous(base) || base.id === "dirac")
    throw new GradlensError(
      "GL1145",
      `flow needs a base of real units with a density, such as normal, got ${base.id}; its values are moved by the layers`,
    );
  if (!Array.isArray(layers) || layers.length === 0)
    throw new GradlensError("GL1145", "flow needs a list of at least one layer, such as planar or affineCoupling");
  const units = base.unitShape[0]!;
  for (const layer of layers) layer.requireUnits(units);
  return make(base, layers);
}

function make(base: Continuous, layers: readonly FlowLayer[]): Flow {
  /** The inputs of all layers of every draw, by its data. */
  const drawn = new WeakMap<object, readonly tf.Tensor[]>();
  const placesOf = (value: tf.Tensor): readonly tf.Tensor[] | undefined => {
    const places = drawn.get(value.dataId);
    return places?.every(({ isDisposed }) => !isDisposed) ? places : undefined;
  };
  const forward = (x: tf.Tensor): tf.Tensor => layers.reduce((at, layer) => layer.forward(at).value, x);
  /** x and Σ log |det|. */
  const back = (value: tf.Tensor): { readonly x: tf.Tensor; readonly logDeterminant: tf.Tensor } => {
    const places = placesOf(value);
    let x = value;
    let logDeterminant: tf.Tensor = tf.scalar(0);
    for (let i = layers.length - 1; i >= 0; i--) {
      const moved = layers[i]!.inverse(x, places?.[i]);
      x = moved.value;
      logDeterminant = tf.add(logDeterminant, moved.logDeterminant);
    }
    return { x, logDeterminant };
  };
  const logProb = (value: tf.Tensor): tf.Tensor => {
    const { x, logDeterminant } = back(value);
    return tf.sub(base.logProb(x), logDeterminant);
  };
  const mean = (): tf.Tensor => forward(base.mean());
  const problem = (): string | null => {
    const bad = [base.problem(), ...layers.map((layer) => layer.problem())].find((found) => found !== null);
    return bad ?? null;
  };
  const all: Flow = {
    id: "flow",
    eventRank: 1,
    unitShape: base.unitShape,
    parameters: base.parameters,
    base,
    layers,
    influences: () => [mean()],
    sample(noise) {
      const places = tf.tidy(() => {
        const inputs = [base.sample(noise)];
        for (const layer of layers) inputs.push(detach(layer.forward(inputs.at(-1)!).value));
        return inputs;
      });
      const value = places.pop()!;
      drawn.set(value.dataId, places);
      return value;
    },
    logProb,
    mean,
    variance: () => null,
    entropy: () => null,
    path(value) {
      const x = placesOf(value)?.[0] ?? unrecorded(() => tf.tidy(() => detach(back(value).x)));
      return movedLike(value, forward(base.path(x)));
    },
    detached: () => ({
      ...all,
      logProb: (value: tf.Tensor) => isolate([value], () => logProb(value)),
      mean: () => detach(mean()),
      path: (value: tf.Tensor) => detach(value),
      detached: () => all.detached(),
    }),
    problem,
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.finite);
      return bad === null ? null : `values are finite numbers, got ${bad}`;
    },
  };
  return all;
}

/** `value`'s numbers with the gradient of `moved`, which is equal but for rounding. */
function movedLike(value: tf.Tensor, moved: tf.Tensor): tf.Tensor {
  return customOp(
    "FlowPath",
    { moved },
    () => value.clone(),
    (dy) => ({ moved: () => sumTo(dy, moved.shape) }),
  );
}
