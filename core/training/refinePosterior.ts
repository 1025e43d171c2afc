import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import { bernoulli } from "../distributions/bernoulli";
import { substream } from "../distributions/continuous";
import type { Distribution, NodeNoise } from "../distributions/distribution";
import { klDivergence } from "../distributions/klDivergence";
import type { LocationScale } from "../distributions/locationScale";
import { normal } from "../distributions/normal";
import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import { gradients, record } from "../gradients/tape";
import { spread, sum } from "../gradients/terms";
import { runTrace, type Trace } from "../graph/trace";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import { sample } from "../model/sample";
import { type SampleSite, withHandler } from "../model/traceContext";

export type GuideModel = Extract<ModelFunctions, { readonly guide: unknown }>;

export interface RefinementRequest {
  readonly functions: GuideModel;
  /** The one latent layer. */
  readonly node: string;
  /** Tensors `[1, B, …]`. */
  readonly data: DataInputs;
  /** S and B. */
  readonly shape: readonly [number, number];
  /** How the gradient of log p(x | h) reaches the variational parameters: `pathwise`, `mean-passing`, `straight-through`. */
  readonly estimator: NodeEstimator;
  /** Inference step k draws from stream k; stream 0 is left to the caller. */
  readonly noise: NodeNoise;
  readonly steps: number;
  /** γ. */
  readonly rate: number;
  /** Shown the guide's node, and every trace of the model before anything is made of it. */
  readonly look?: (trace: Trace) => void;
  /** Sees q after k = 0, 1, …, `steps` steps. */
  readonly onStep?: (k: number, posterior: Distribution) => void;
}

/**
 * Gradient ascent of the bound on the variational parameters of every example, from where the guide puts them: z ← z + γ ∂L/∂z,
 * z = (mean, log std) of normal units, logits of Bernoulli units (seed 5, eq. 3 to 5). KL(q ‖ p(h)) is exact.
 *
 * @returns q with constant parameters `[1, B, units]`; call it inside a tidy
 */
export function refinePosterior(request: RefinementRequest): Distribution {
  const { functions, data, shape, estimator, steps, rate, look } = request;
  const start = guideSite(functions, data);
  // What the refined q is made of no longer shows what the guide's text gave.
  if (look) {
    const value = start.distribution.mean();
    look({ nodes: new Map([[start.name, { ...start, role: "guide", value, seen: value }]]), terms: [] });
  }
  const family = familyOf(start.distribution, request.node);
  let place = family.place.map((x) => detach(tf.broadcastTo(x, [1, shape[1], ...x.shape.slice(-1)])));
  for (let k = 0; ; k++) {
    request.onStep?.(k, family.at(place));
    if (k === steps) return family.at(place);
    const noise = substream(request.noise, k + 1);
    place = tf.tidy(() => {
      const recorded = record(() => {
        const posterior = family.at(place);
        return tf.sum(lossUnder(request, posterior, estimator.draw(posterior, noise, null)));
      });
      const slopes = gradients(recorded.tape, recorded.value, place);
      recorded.release();
      return place.map((z, i) => (slopes[i] ? tf.sub(z, tf.mul(slopes[i]!, rate)) : z.clone()));
    });
  }
}

/**
 * KL(q ‖ p(h)) − mean over samples of log p(x | h), the negative bound of every example, `[B]`, nats.
 *
 * @param value h, `[S, B, units]`
 */
export function lossUnder(
  { functions, node, data, shape, look }: Pick<RefinementRequest, "functions" | "node" | "data" | "shape" | "look">,
  posterior: Distribution,
  value: tf.Tensor,
): tf.Tensor {
  const guide = (): void => void sample(node, posterior);
  const trace = runTrace({ guide, model: functions.model }, data, () => value);
  look?.(trace);
  const rest = trace.terms.filter(({ kind }) => kind !== "prior").map((term) => spread(term.value, shape));
  const prior = trace.terms.find(({ kind }) => kind === "prior")!.distribution!;
  const divergence = klDivergence(posterior, prior);
  if (!divergence) {
    throw new GradlensError(
      "GL1332",
      `refined posteriors need a prior of independent ${posterior.id} units at node "${node}", got ${prior.id}`,
    );
  }
  return tf.add(tf.mean(sum(rest, shape), 0), tf.reshape(spread(divergence, [1, shape[1]]), [shape[1]]));
}

/** q(h | x) as the guide's text makes it, of a guide with one node. */
export function guidePosterior(functions: GuideModel, data: DataInputs): Distribution {
  return guideSite(functions, data).distribution;
}

function guideSite({ guide }: GuideModel, data: DataInputs): SampleSite {
  let found: SampleSite | null = null;
  const handler = {
    sample: (site: SampleSite): tf.Tensor => {
      found = site;
      return site.distribution.mean();
    },
    observe: (): void => undefined,
    cost: (): void => undefined,
  };
  withHandler(handler, () => guide(data as never));
  return found!;
}

/** Unconstrained parameters, and q at a place among them. */
interface Family {
  readonly place: readonly tf.Tensor[];
  readonly at: (place: readonly tf.Tensor[]) => Distribution;
}

function familyOf(posterior: Distribution, node: string): Family {
  if (posterior.id === "bernoulli")
    return { place: [(posterior as Bernoulli).logits], at: ([logits]) => bernoulli({ logits: logits! }) };
  if (posterior.id === "normal" && !("scaleTril" in posterior)) {
    const { location, scale, unitShape } = posterior as LocationScale;
    const whole = (x: tf.Tensor): tf.Tensor => tf.add(x, tf.zeros([...unitShape]));
    return {
      place: [whole(location), tf.log(whole(scale))],
      at: ([mean, logStd]) => normal({ mean: mean!, std: tf.exp(logStd!) }),
    };
  }
  throw new GradlensError(
    "GL1332",
    `refined posteriors need independent normal or Bernoulli units at node "${node}", got ${posterior.id}${posterior.id === "normal" ? " with full covariance" : ""}`,
  );
}
