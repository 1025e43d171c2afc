import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { Gamma } from "../distributions/gamma";
import { sampleLogGamma, smallestPositive } from "../distributions/gammaSampler";
import type { LocationScale } from "../distributions/locationScale";
import { GradlensError } from "../errors";
import { unrecorded } from "../gradients/tape";
import { broadcastShape, elementwise, valuesOf } from "../numerics/special/elementwise";
import { incompleteGamma } from "../numerics/special/scalar/incompleteGamma";
import { normalQuantile } from "../numerics/special/scalar/normalQuantile";
import { digamma } from "../numerics/special/scalar/polygamma";
import type { SurrogateContext } from "./estimator";

/** First stream of the two measures' draws, beyond those of every sampler. */
const firstStream = 512;
/** Rows of a sample × example × replaced unit evaluated at once; bounds memory. */
const maxRows = 8192;

/**
 * Weak derivatives of real units: ∂E f/∂θ_j = c_j (E⁺ f(z_j ← z⁺) − E⁻ f(z_j ← z⁻)), the other units as drawn, nodes downstream drawn
 * again from the same noise. Two evaluations for every unit and parameter.
 *
 * - Normal mean: c = 1/(σ√2π), z± = μ ± σW with one Rayleigh W. Std: c = 1/σ, z⁺ = μ + σM with M two-sided Maxwell, z⁻ = μ + σUM,
 *   which is normal for uniform U.
 * - Gamma scale: c = a/θ, z⁺ from shape a + 1 and z⁻ from a, z⁺ = z⁻ + θE. Concentration: the parts of the derivative on either side of
 *   log z = log θ + ψ(a), c = −∂P/∂a there, drawn by inverting ∂P/∂a.
 *
 * Reference: Mohamed, Rosca, Figurnov, Mnih, "Monte Carlo gradient estimation in machine learning", 2020, section 6; Pflug, 1989.
 */
export function measureValuedContinuous(context: SurrogateContext): tf.Tensor {
  const { distribution, node } = context;
  if ("scaleTril" in distribution) {
    throw new GradlensError(
      "GL1358",
      `measure-valued at node "${node}" needs independent normal units, got a full covariance; use pathwise or lr-c`,
    );
  }
  return distribution.id === "gamma"
    ? gammaTerms(context, distribution as Gamma)
    : normalTerms(context, distribution as LocationScale);
}

function normalTerms(context: SurrogateContext, { location, scale, unitShape }: LocationScale): tf.Tensor {
  const [towardsMean, towardsStd] = unrecorded(() =>
    tidy(() => {
      const { noise } = context;
      const rayleigh = elementwise((u) => Math.sqrt(-2 * Math.log(u)), noise.uniform(unitShape, firstStream));
      const mean = tf.mul(
        differences(context, tf.add(location, tf.mul(scale, rayleigh)), tf.sub(location, tf.mul(scale, rayleigh))),
        1 / Math.sqrt(2 * Math.PI),
      );
      // |M|² is chi-squared with three degrees of freedom.
      const [a, b, c] = [1, 2, 3].map((stream) =>
        elementwise((u) => normalQuantile(u) ** 2, noise.uniform(unitShape, firstStream + stream)),
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const sign = elementwise((u) => (u < 0.5 ? -1 : 1), noise.uniform(unitShape, firstStream + 4));
      const maxwell = tf.mul(sign, tf.sqrt(tf.add(tf.add(a, b), c)));
      const shrunk = tf.mul(maxwell, noise.uniform(unitShape, firstStream + 5));
      const std = differences(
        context,
        tf.add(location, tf.mul(scale, maxwell)),
        tf.add(location, tf.mul(scale, shrunk)),
      );
      return [tf.div(mean, scale), tf.div(std, scale)];
    }),
  );
  return tf.add(tf.sum(tf.mul(location, towardsMean!), -1), tf.sum(tf.mul(scale, towardsStd!), -1));
}

function gammaTerms(context: SurrogateContext, { concentration, scale, unitShape }: Gamma): tf.Tensor {
  const [towardsShape, towardsScale] = unrecorded(() =>
    tidy(() => {
      const { noise } = context;
      const { values, shape } = sampleLogGamma(
        { uniform: (units, stream = 0) => noise.uniform(units, firstStream + 8 + stream) },
        unitShape,
        concentration,
      );
      const lower = tf.tensor(
        Float32Array.from(values, (log) => Math.max(smallestPositive, Math.exp(log))),
        shape,
      );
      const exponential = elementwise((u) => -Math.log(u), noise.uniform(unitShape, firstStream));
      const towardsScale = tf.mul(
        differences(context, tf.mul(scale, tf.add(lower, exponential)), tf.mul(scale, lower)),
        tf.div(concentration, scale),
      );
      const [plus, minus, constant] = shapeParts(
        concentration,
        noise.uniform(unitShape, firstStream + 1),
        noise.uniform(unitShape, firstStream + 2),
      );
      const towardsShape = tf.mul(differences(context, tf.mul(scale, plus), tf.mul(scale, minus)), constant);
      return [towardsShape, towardsScale];
    }),
  );
  return tf.add(tf.sum(tf.mul(concentration, towardsShape!), -1), tf.sum(tf.mul(scale, towardsScale!), -1));
}

/** Draws from the positive and the negative part of ∂p/∂a of a standard gamma variable, and their common mass c. */
function shapeParts(concentration: tf.Tensor, above: tf.Tensor, below: tf.Tensor): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const shape = [...broadcastShape([concentration, above])];
  const a = valuesOf(tf.broadcastTo(concentration, shape));
  const [u, v] = [valuesOf(above), valuesOf(below)];
  const [plus, minus, mass] = [new Float32Array(a.length), new Float32Array(a.length), new Float32Array(a.length)];
  for (let i = 0; i < a.length; i++) {
    const turn = Math.exp(digamma(a[i]!));
    const c = -incompleteGamma(a[i]!, turn).dShape;
    mass[i] = c;
    // ∂P/∂a falls from 0 to −c at the turn and rises back to 0: its halves are the parts' distribution functions, times c.
    minus[i] = Math.max(smallestPositive, invertShapeDerivative(a[i]!, -c * v[i]!, 0, turn));
    plus[i] = invertShapeDerivative(a[i]!, -c * u[i]!, turn, Infinity);
  }
  return [tf.tensor(plus, shape), tf.tensor(minus, shape), tf.tensor(mass, shape)];
}

/** x between two bounds with ∂P(a, x)/∂a = target, by bisection of log x to double precision's half. */
function invertShapeDerivative(a: number, target: number, from: number, to: number): number {
  const falling = to !== Infinity;
  let low = falling ? Math.log(to) - 1 : Math.log(from);
  let high = falling ? Math.log(to) : low + 1;
  const value = (log: number): number => incompleteGamma(a, Math.exp(log)).dShape;
  if (falling) while (value(low) < target && low > -700) low -= 2 * (high - low);
  else while (value(high) < target && high < 700) high += 2 * (high - low);
  for (let round = 0; round < 60 && high - low > 1e-9; round++) {
    const middle = (low + high) / 2;
    if (value(middle) > target === falling) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** f with unit j replaced by its positive draw, less f with its negative one, `[S, B', units]`; as many units at once as memory allows. */
function differences(context: SurrogateContext, plus: tf.Tensor, minus: tf.Tensor): tf.Tensor {
  const { value, credit, distribution, evaluate } = context;
  const [S, rows] = credit.shape as [number, number];
  const units = distribution.unitShape[0]!;
  const chunk = Math.max(1, Math.floor(maxRows / (2 * S * rows)));
  const parts: tf.Tensor[] = [];
  for (let first = 0; first < units; first += chunk) {
    const count = Math.min(chunk, units - first);
    parts.push(
      tf.tidy(() => {
        const replaced = [plus, minus].flatMap((draw) =>
          Array.from({ length: count }, (_, i) => {
            const mask = tf.tensor1d(Float32Array.from({ length: units }, (_, unit) => (unit === first + i ? 1 : 0)));
            return tf.add(value, tf.mul(mask, tf.sub(draw, value)));
          }),
        );
        const { credit: found } = evaluate({ copies: 2 * count, value: tf.concat(replaced, 0), descendants: "redraw" });
        return tf.sub(tf.slice(found, 0, count), tf.slice(found, count, count)); // [count, S, B']
      }),
    );
  }
  return tf.transpose(tf.concat(parts, 0), [1, 2, 0]);
}
