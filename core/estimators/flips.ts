import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { unrecorded } from "../gradients/tape";
import { changedValues } from "../model/changedUnits";
import type { SurrogateContext } from "./estimator";

/** Rows of a sample × example × flip evaluated at once: bounds memory, and what one operation leaves the next finds in the cache. */
const MAX_ROWS = 2048;

/** What each unit's every state would cost, the other units as they are. K = 2 for Bernoulli. Constants. */
export interface Flips {
  /** `[S, B', units, K]`. */
  readonly credit: tf.Tensor;
  /** log q of the kept nodes downstream, `[S, B', units, K]`; zeros when they are drawn again. */
  readonly logProb: tf.Tensor;
  /** The value as one-hot, `[S, B', units, K]`. */
  readonly oneHot: tf.Tensor;
}

/** Single-unit changes of a discrete node's value: units × (K − 1). */
export const flipsPerRow = ([units = 1]: readonly number[], statesPerUnit: number | null): number =>
  units * ((statesPerUnit ?? 2) - 1);

/** Evaluates every single-unit change of a discrete node's value: units × (K − 1) copies, as many at once as memory allows. */
export function evaluateFlips(context: SurrogateContext, descendants: "keep" | "redraw"): Flips {
  return unrecorded(() =>
    tidy(() => {
      const { value, credit, distribution, hasDescendants, evaluate } = context;
      const [S, rows] = credit.shape as [number, number];
      const categorical = distribution.eventRank === 2;
      const units = distribution.unitShape[0]!;
      const K = categorical ? distribution.unitShape[1]! : 2;
      const oneHot = categorical ? value : tf.stack([tf.sub(1, value), value], -1);
      const rolled = Array.from({ length: K }, (_, by) => roll(oneHot, by)); // [S, B', units, K] each
      const weighs = descendants === "keep" && hasDescendants;
      // Unit j moved on by r states: copy j · (K − 1) + r − 1. Where kept nodes are weighed, a last copy is the value itself.
      const moves = units * (K - 1);
      const copies = moves + (weighs ? 1 : 0);
      const features = categorical ? K : 1; // that a unit has in the value
      const base = tf.reshape(value, [S * rows, units * features]);
      const change = changesByMove(value, rolled, categorical, weighs);
      const chunk = Math.max(1, Math.floor(MAX_ROWS / (S * rows)));
      const credits: tf.Tensor[] = [];
      const logProbs: tf.Tensor[] = [];
      for (let from = 0; from < copies; from += chunk) {
        const count = Math.min(chunk, copies - from);
        const branch = tf.tidy(() => {
          const first = Array.from({ length: count }, (_, i) =>
            from + i < moves ? Math.floor((from + i) / (K - 1)) * features : 0,
          );
          const values = changedValues({ base, change: tf.slice(change, from, count), first });
          const { credit: branchCredit, logProb } = evaluate({
            copies: count,
            value: tf.reshape(values, [count * S, ...value.shape.slice(1)]),
            descendants,
          });
          return { credit: branchCredit, logProb };
        });
        credits.push(branch.credit);
        logProbs.push(branch.logProb);
      }
      const byState = (copiesOf: readonly tf.Tensor[], own: tf.Tensor): tf.Tensor => {
        const all = tf.slice(tf.concat([...copiesOf], 0), 0, moves); // [units · (K − 1), S, B']
        const moved = tf.transpose(tf.reshape(all, [units, K - 1, S, rows]), [1, 2, 3, 0]); // [K − 1, S, B', units]
        let states = tf.mul(tf.reshape(own, [S, rows, 1, 1]), oneHot);
        for (let by = 1; by < K; by++)
          states = tf.add(states, tf.mul(tf.expandDims(tf.gather(moved, by - 1), -1), rolled[by]!));
        return states;
      };
      const ownLogProb = weighs ? tf.gather(logProbs[logProbs.length - 1]!, (copies - 1) % chunk) : null;
      return {
        credit: byState(credits, credit),
        logProb: ownLogProb ? byState(logProbs, ownLogProb) : tf.zerosLike(oneHot),
        oneHot: oneHot.clone(),
      };
    }),
  );
}

/** What each move adds to the features of its unit, `[moves, S·B', features]`; a last copy of zeros when asked for. */
function changesByMove(
  value: tf.Tensor,
  rolled: readonly tf.Tensor[],
  categorical: boolean,
  withOwn: boolean,
): tf.Tensor {
  const [S, rows, units] = value.shape as [number, number, number];
  const K = rolled.length;
  const moved = categorical
    ? tf.transpose(
        tf.stack(
          rolled.slice(1).map((one) => tf.sub(one, value)),
          2,
        ), // [S, B', K − 1, units, K]
        [3, 2, 0, 1, 4],
      )
    : tf.transpose(tf.sub(1, tf.mul(2, value)), [2, 0, 1]); // [units, S, B']
  const changes = tf.reshape(moved, [units * (K - 1), S * rows, categorical ? K : 1]);
  return withOwn ? tf.concat([changes, tf.zeros([1, ...changes.shape.slice(1)])], 0) : changes;
}

/** One-hot vectors moved on by `by` states, cyclically. */
function roll(oneHot: tf.Tensor, by: number): tf.Tensor {
  if (by === 0) return oneHot;
  const K = oneHot.shape[3]!;
  const [S, rows, units] = oneHot.shape as [number, number, number];
  const start = tf.slice(oneHot, [0, 0, 0, K - by], [S, rows, units, by]);
  const rest = tf.slice(oneHot, [0, 0, 0, 0], [S, rows, units, K - by]);
  return tf.concat([start, rest], 3);
}
