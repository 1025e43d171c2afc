import { tidy } from "../backends/tidy";
import type { PathScore } from "../protocol/snapshot";
import { MAX_ROWS } from "./measureVariance";
import { pairMoments, SMALL } from "./pairMoments";
import { PathScoreMoments } from "./pathScoreMoments";
import type { MomentsWindow } from "./momentsWindow";
import { type PathScoreRequest, pathScoreRows } from "./pathScoreRows";

/**
 * The total derivative of the evidence lower bound taken apart (seed 4, section 4.2): path = ∂[log q(z; stop φ) − log p(x, z)]/∂z · dz/dφ
 * and score = ∂ log q(z; φ)/∂φ at a held z, of mean zero. total − c · score is unbiased for every fixed c, and of least variance at
 * c* = Cov(total, score)/Var(score) = 1 + Cov(path, score)/Var(score); c = 0 is pathwise, c = 1 sticking the landing, and c* = 1 where
 * q is the posterior. Variances and covariance are of pairs of replicates, without bias; c*, their ratio, is consistent.
 *
 * @returns an entry for every parameter that log q depends on; none without a node that has both parts
 */
export function measurePathScore(
  request: PathScoreRequest & { readonly window?: MomentsWindow<PathScoreMoments> },
): readonly PathScore[] {
  const { instance, examples: m, draws } = request;
  const parts = pathScoreRows(request);
  if (!parts) return [];
  const found = new Map(instance.parameters.map(({ name }) => [name, new PathScoreMoments()]));
  const small = instance.parameters.every(({ variable }) => variable.size <= SMALL);
  const perPass = small ? Math.max(2, 2 * Math.floor(MAX_ROWS / m / 2)) : 2;
  for (let done = 0; done < draws; done += perPass) {
    const replicates = Math.min(perPass, 2 * Math.ceil((draws - done) / 2));
    tidy(() => {
      const { path, score } = parts(done, replicates);
      path.forEach((rows, i) => found.get(rows.name)!.add(pairMoments(rows, score[i]!, m, replicates)));
    });
  }
  return instance.parameters.flatMap(({ name, shape }) => {
    const newest = found.get(name)!;
    if (!newest.hasScore) return [];
    const moments = request.window?.add(name, newest) ?? newest;
    return [{ name, shape, ...moments.result(request.batchSize) }];
  });
}
