import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { requireStates, stateValues } from "../diagnostics/enumerate";
import { GradlensError } from "../errors";
import { runTrace } from "../graph/trace";
import type { Evaluation, SurrogateRows } from "./surrogate";
import { closedForms } from "./closedForms";
import { sum, termsOf } from "./terms";

/** States × rows that are held at once. */
const MAX_ROWS = 2 ** 20;

/**
 * The exact loss of every row, Σ_h q(h) F(h), all joint states side by side along the axis of samples; its gradient is the exact
 * gradient. Memory grows with states × rows.
 */
export function enumeratedRows({ functions, structure, objective, data, noise }: Evaluation): SurrogateRows {
  const { numSamples: S, numRows } = noise.layout;
  // A mean over samples has one sample's gradient; a loss of several samples needs the states of all of them.
  const samples = objective.additive ? 1 : S;
  const states = requireStates(structure, samples);
  if (states * numRows > MAX_ROWS) {
    throw new GradlensError(
      "GL1336",
      `the gradients of ${numRows} rows would take ${states} states each, more than ${MAX_ROWS} together; lower --batch`,
    );
  }
  // [S, states, …] → [S · states, B', …]
  const values = new Map(
    [...stateValues(structure, samples, 0, states, 1)].map(([name, value]) => {
      const units = value.shape.slice(2);
      return [name, tf.tile(tf.reshape(value, [samples * states, 1, ...units]), [1, numRows, ...units.map(() => 1)])];
    }),
  );
  const trace = runTrace(functions, data, (site) => values.get(site.name)!);
  const shape: [number, number] = [samples * states, numRows];
  const terms = termsOf(trace, objective, shape, closedForms(objective, structure));
  const total = tf.reshape(sum([...terms.values()], shape), [samples, states * numRows]);
  const cost = tf.reshape(objective.loss(total), [states, numRows]);
  const logProbs = [...trace.nodes.values()].map(({ distribution, value }) =>
    tf.broadcastTo(distribution.logProb(value), shape),
  );
  const logProb = tf.sum(tf.reshape(sum(logProbs, shape), [samples, states, numRows]), 0);
  // The gradient is the same with any constant taken from the cost; without its bulk float32 keeps more digits.
  const offset = detach(tf.mean(cost, 0, true));
  const probability = tf.exp(logProb);
  const surrogate = tf.sum(tf.mul(probability, tf.sub(cost, offset)), 0);
  const loss = detach(tf.add(surrogate, tf.squeeze(offset, [0])));
  return { surrogate, direct: surrogate, loss, logProb: tf.zeros([numRows]), trace };
}
