import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { CurveDerivatives, CurveRequest } from "../estimators/estimator";
import { runBranches, type MainPass } from "./branches";
import { activeTape } from "./isolate";
import { gradients, record } from "./tape";
import { spreadTerm, unfolded } from "./taylor/jet";
import { NoTaylorRule, TaylorMode } from "./taylor/taylorMode";
import { factorial } from "./taylor/terms";

/** Bytes that series may take at a time, as far as directions can be taken some at a time. */
const budget = 256 * 2 ** 20;

/**
 * Derivatives of the cost along curves through a node's value: its value is at(s), with s = t d along every direction d. Nodes
 * downstream that are drawn exactly keep their values and count by the derivatives of their probability; reparameterised ones
 * move along. First derivatives come out of one backward pass, higher ones out of one forward pass in Taylor mode; where that has no
 * rule for an operation, out of nested backward passes.
 *
 * @throws GL1201 naming an operation without a gradient
 */
export function curveDerivatives(main: MainPass, node: string, request: CurveRequest): CurveDerivatives {
  if (request.order === 1) return tidy(() => firstDerivatives(main, node, request));
  try {
    return taylorDerivatives(main, node, request);
  } catch (error) {
    if (!(error instanceof NoTaylorRule)) throw error;
    return nestedDerivatives(main, node, request);
  }
}

/** The cost of every sample and row at a shift, `[S', B']`. */
function costAt(main: MainPass, node: string, { at, omit }: CurveRequest, shift: tf.Tensor): tf.Tensor {
  const copies = shift.shape[0]! / main.evaluation.noise.layout.numSamples;
  const branch = { copies, value: at(shift), descendants: "keep" } as const;
  const { credit, logProb, kept } = runBranches(main, node, branch, omit);
  const cost = kept ? tf.mul(credit, tf.exp(tf.sub(logProb, detach(logProb)))) : credit;
  return tf.reshape(cost, shift.shape.slice(0, 2));
}

/** The gradient along the shift, then its components along the directions. */
function firstDerivatives(main: MainPass, node: string, request: CurveRequest): CurveDerivatives {
  const { directions } = request;
  const { numSamples: S, numRows } = main.evaluation.noise.layout;
  const [C, width] = directions.shape;
  const shift = tf.zeros([S, numRows, width]);
  const pass = record(() => costAt(main, node, request, shift));
  const [slope] = gradients(pass.tape, pass.value, [shift]);
  pass.release();
  if (!slope) return { derivatives: [null, null], degree: 0 };
  const flat = tf.matMul(directions, tf.transpose(tf.reshape(slope, [S * numRows, width]))); // [C, S·B']
  return { derivatives: [null, tf.reshape(flat, [C, S, numRows])], degree: Infinity };
}

function taylorDerivatives(main: MainPass, node: string, request: CurveRequest): CurveDerivatives {
  const { order, needs = () => true, whole = order } = request;
  const { numSamples: S, numRows } = main.evaluation.noise.layout;
  const found = inChunks(request, S * numRows, (directions) => {
    const taylor = new TaylorMode(order);
    const before = tf.memory().numBytes;
    let bytes = 0;
    try {
      const result = tidy(() => {
        const [C, width] = directions.shape;
        const shift = tf.zeros([S, numRows, width]);
        taylor.seed(shift, tf.reshape(directions, [C, 1, 1, width]));
        const pass = record(() => taylor.follow(() => costAt(main, node, request, shift)));
        pass.release();
        const jet = taylor.jet(pass.value);
        const derivatives = !jet
          ? [null]
          : unfolded(jet).terms.map((term, n) =>
              n === 0 || term === null || !needs(n) ? null : tf.mul(spreadTerm(term, [S, numRows], C), factorial(n)),
            );
        bytes = tf.memory().numBytes - before;
        return { derivatives, degree: jet?.degree ?? 0 };
      });
      return { found: result, bytes };
    } finally {
      taylor.dispose();
    }
  });
  if (!(found.degree > order && found.degree <= whole)) return found;
  // A polynomial: a few more derivatives, and the series is complete.
  for (const tensor of found.derivatives) tensor?.dispose();
  return taylorDerivatives(main, node, { ...request, order: found.degree });
}

/** One backward pass inside the other, with a copy of the model for each direction. */
function nestedDerivatives(main: MainPass, node: string, request: CurveRequest): CurveDerivatives {
  const { numSamples: S, numRows } = main.evaluation.noise.layout;
  return inChunks(request, S * numRows, (directions) => {
    const before = tf.memory().numBytes;
    let bytes = 0;
    const found = tidy(() => {
      const [C, width] = directions.shape;
      const t = tf.zeros([C * S, numRows, 1]);
      const steps = tf.reshape(tf.tile(tf.reshape(directions, [C, 1, width]), [1, S, 1]), [C * S, 1, width]);
      const derivatives: (tf.Tensor | null)[] = [null];
      const pass = record(() => {
        let y = costAt(main, node, request, tf.mul(t, steps));
        for (let n = 1; n <= request.order; n++) {
          const [next] = gradients(activeTape(), y, [t], undefined, true);
          if (!next) return n - 1;
          derivatives.push(tf.reshape(next, [C, S, numRows]));
          y = next;
        }
        return Infinity;
      });
      pass.release();
      bytes = tf.memory().numBytes - before;
      return { derivatives, degree: pass.value };
    });
    return { found, bytes };
  });
}

/** Derivatives, and the bytes that were held at the end. */
interface Derived {
  readonly found: CurveDerivatives;
  readonly bytes: number;
}

/** Takes as many directions at a time as the budget allows: a guess at first, then by what the last ones took. */
function inChunks(
  { directions, order }: CurveRequest,
  numValues: number,
  derive: (directions: tf.Tensor2D) => Derived,
): CurveDerivatives {
  const [C, width] = directions.shape;
  let size = Math.max(1, Math.floor(budget / (4 * numValues * width * (order + 1))));
  const parts: CurveDerivatives[] = [];
  for (let start = 0; start < C;) {
    const count = Math.min(size, C - start);
    const chunk = count === C ? directions : tf.slice(directions, [start, 0], [count, width]);
    const { found, bytes } = derive(chunk);
    parts.push(found);
    start += count;
    size = Math.max(1, Math.floor((budget * count) / bytes));
  }
  const [first, ...others] = parts as [CurveDerivatives, ...CurveDerivatives[]];
  if (others.length === 0) return first;
  const derivatives = first.derivatives.map((own, n) => {
    const all = parts.flatMap((part) => part.derivatives[n] ?? []);
    return own && tf.concat(all, 0);
  });
  parts.forEach((part) => part.derivatives.forEach((tensor) => tensor?.dispose()));
  return { derivatives, degree: first.degree };
}
