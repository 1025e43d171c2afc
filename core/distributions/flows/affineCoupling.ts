import { tf } from "../../backends/tf";
import { GradlensError } from "../../errors";
import type { FlowLayer, Moved } from "./flowLayer";
import { refuseUnknown } from "../../refuseUnknown";

/** How the other units move, given those that stay: y = shift + exp(logScale) x, each `[…, others]`. */
export interface Coupling {
  readonly shift: tf.Tensor;
  readonly logScale: tf.Tensor;
}

export interface AffineCouplingOptions {
  /** Which units stay as they are; alternate from layer to layer, so that every unit moves. */
  readonly keep: "first" | "last";
  /** How many stay; half, rounded down, when left out. */
  readonly kept?: number;
  /** From the units that stay, `[…, kept]`: usually a small net of dense layers. */
  readonly conditioner: (kept: tf.Tensor) => Coupling;
}

/**
 * An affine coupling layer (Dinh, Sohl-Dickstein, Bengio, *Density estimation using Real NVP*, 2017, eq. 4 to 8): some units stay, the others
 * are scaled and shifted given them. log |det| = Σ logScale; the inverse is as cheap, x = exp(−logScale) (y − shift).
 */
export function affineCoupling(options: AffineCouplingOptions): FlowLayer {
  refuseUnknown("affineCoupling", options, ["keep", "kept", "conditioner"]);
  const { keep, kept, conditioner } = options;
  if ((keep as string) !== "first" && (keep as string) !== "last")
    throw new GradlensError(
      "GL1147",
      `affineCoupling needs keep: "first" or "last", the units that stay, got ${String(keep)}`,
    );
  if (typeof conditioner !== "function")
    throw new GradlensError(
      "GL1147",
      `affineCoupling needs a function as conditioner, from the units that stay to { shift, logScale }, got ${typeof conditioner}`,
    );
  const count = (units: number): number => kept ?? Math.floor(units / 2);
  const split = (x: tf.Tensor): { readonly same: tf.Tensor; readonly others: tf.Tensor } => {
    const units = x.shape.at(-1)!;
    const k = count(units);
    if (keep === "first") {
      const [same, others] = tf.split(x, [k, units - k], -1);
      return { same: same!, others: others! };
    }
    const [others, same] = tf.split(x, [units - k, k], -1);
    return { same: same!, others: others! };
  };
  const coupled = (same: tf.Tensor, others: tf.Tensor): Coupling => {
    const { shift, logScale } = conditioner(same);
    for (const [name, tensor] of [
      ["shift", shift],
      ["logScale", logScale],
    ] as const) {
      const width = others.shape.at(-1)!;
      if (!(tensor instanceof tf.Tensor) || (tensor.shape.at(-1) ?? 1) !== width)
        throw new GradlensError(
          "GL1148",
          `affineCoupling's conditioner has to return ${name} for the ${width} units that move, a tensor […, ${width}], got ${tensor instanceof tf.Tensor ? `[${tensor.shape.join(", ")}]` : typeof tensor}`,
        );
    }
    return { shift, logScale };
  };
  const join = (same: tf.Tensor, others: tf.Tensor, logScale: tf.Tensor): Moved => {
    const lead = tf.broadcast_util.assertAndGetBroadcastShape(same.shape.slice(0, -1), others.shape.slice(0, -1));
    const stay = tf.broadcastTo(same, [...lead, same.shape.at(-1)!]);
    const move = tf.broadcastTo(others, [...lead, others.shape.at(-1)!]);
    return {
      value: tf.concat(keep === "first" ? [stay, move] : [move, stay], -1),
      logDeterminant: tf.sum(logScale, -1),
    };
  };
  return {
    id: "affine-coupling",
    requireUnits(units) {
      const k = count(units);
      if (Number.isInteger(k) && k >= 1 && k < units) return;
      throw new GradlensError(
        "GL1147",
        units < 2
          ? `affineCoupling needs a base of at least 2 units, got ${units}: some stay and the others move; use planar`
          : `affineCoupling needs kept to be a whole number from 1 to ${units - 1} for a base of ${units} units, got ${kept}`,
      );
    },
    forward(x) {
      const { same, others } = split(x);
      const { shift, logScale } = coupled(same, others);
      return join(same, tf.add(shift, tf.mul(tf.exp(logScale), others)), logScale);
    },
    inverse(y) {
      const { same, others } = split(y);
      const { shift, logScale } = coupled(same, others);
      return join(same, tf.mul(tf.exp(tf.neg(logScale)), tf.sub(others, shift)), logScale);
    },
    problem: () => null,
  };
}
