import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { PathScore } from "../protocol/variance";
import { plainSet, type Workers } from "./chunks/chunks";
import type { Draws } from "./chunks/draws";
import { pathScorePass } from "./chunks/pathScorePass";
import { takeChunks } from "./chunks/takeChunks";
import { MAX_ROWS } from "./measureVariance";
import type { MomentsWindow } from "./momentsWindow";
import { SMALL } from "./pairMoments";
import { PathScoreMoments } from "./pathScoreMoments";
import { hasPathAndScore, type PathScoreRequest } from "./pathScoreRows";
import { finish, type Sliced } from "./sliced";

interface Request extends PathScoreRequest {
  readonly window?: MomentsWindow<PathScoreMoments>;
  /** Engines that take a share of the passes, and how they make the estimators; all is done here when one is left out. */
  readonly workers?: Workers | undefined;
  readonly specs?: ReadonlyMap<string, EstimatorSpec> | undefined;
}

/**
 * The total derivative of the evidence lower bound taken apart (seed 4, section 4.2): path = ∂[log q(z; stop φ) − log p(x, z)]/∂z · dz/dφ
 * and score = ∂ log q(z; φ)/∂φ at a held z, of mean zero. total − c · score is unbiased for every fixed c, and of least variance at
 * c* = Cov(total, score)/Var(score) = 1 + Cov(path, score)/Var(score); c = 0 is pathwise, c = 1 sticking the landing, and c* = 1 where
 * q is the posterior. Variances and covariance are of pairs of replicates, without bias; c*, their ratio, is consistent.
 *
 * @returns an entry for every parameter that log q depends on; none without a node that has both parts
 */
export function measurePathScore(request: Request): readonly PathScore[] {
  return finish(measurePathScoreSliced(request));
}

/** The same, pass by pass. */
export function* measurePathScoreSliced(request: Request): Sliced<readonly PathScore[]> {
  if (!hasPathAndScore(request)) return [];
  const { instance, examples: m, draws, seed, step } = request;
  const found = new Map(instance.parameters.map(({ name }) => [name, new PathScoreMoments()]));
  const small = instance.parameters.every(({ variable }) => variable.size <= SMALL);
  const perPass = small ? Math.max(2, 2 * Math.floor(MAX_ROWS / m / 2)) : 2;
  const total = Math.ceil(draws / perPass);
  const args = (index: number): Draws => ({
    ...{ seed, step, examples: m },
    firstReplicate: index * perPass,
    replicates: Math.min(perPass, 2 * Math.ceil((draws - index * perPass) / 2)),
  });
  const work = { kind: pathScorePass, subject: { ...request, sets: [plainSet(request)] }, total, args };
  yield* takeChunks(work, request.specs && request.workers, (parts) => {
    for (const [name, moments] of parts) found.get(name)!.add(moments);
  });
  return instance.parameters.flatMap(({ name, shape }) => {
    const newest = found.get(name)!;
    if (!newest.hasScore) return [];
    const moments = request.window?.add(name, newest) ?? newest;
    return [{ name, shape, ...moments.result(request.batchSize) }];
  });
}
