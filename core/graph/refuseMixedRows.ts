import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { type Distribution, nodeNoise } from "../distributions/distribution";
import { GradlensError } from "../errors";
import { unrecorded } from "../gradients/tape";
import { spread } from "../gradients/terms";
import { withCallSites } from "../model/callSite";
import type { DataInputs } from "../model/defineModel";
import type { SampleSite } from "../model/traceContext";
import type { SourceLocation } from "../protocol/source";
import { Noise } from "../random/noise";
import type { ModelInstance } from "./instance";
import { runTrace } from "./trace";

/** Rows of the looks, and the one that stays as it is: neither the first nor the last, which text may read by mistake. */
const ROWS = 3;
const KEPT = 1;
/** The same kernels on the same shapes give the same bits; this much more is let through. */
const SAME = 1e-5;
/** What other shapes may change by rounding, as a share of the largest value. */
const ROUNDING = 1e-3;
/** Values that a row alone is looked at with before it counts as another: where a cost jumps, rounding may decide once. */
const TRIALS = 3;

/** What one place of a model's text makes of the kept sample and row. */
interface Place {
  readonly name: string;
  readonly value: number;
  /** Its largest magnitude over all rows. */
  readonly scale: number;
  readonly source: SourceLocation | undefined;
}

interface Look {
  readonly places: readonly Place[];
  /** Drawn values, `[S, B', …unitShape]`. */
  readonly values: ReadonlyMap<string, tf.Tensor>;
}

/**
 * Refuses text of which one row says something about another, and text with chance or memory of its own. Every number of this program
 * takes the rows of `[S, B']` as estimates of their own: examples, replicates and enumerated states are rows beside each other. A sum over
 * all axes, a value read back for all rows, or a node that is drawn for some values only would make exact gradients, biases and variances of
 * something else, without a word.
 *
 * The model runs with a few rows; again with one row held and all others changed in data and values, which must leave the held row's terms
 * and distributions as they were; and with that row alone.
 *
 * @param data `[1, m, …]`
 * @param numSamples S of the estimates to come; two are looked at where there are more
 * @throws GL1122 text with chance or memory of its own, GL1123 rows that are mixed, GL1124 nodes that come and go
 */
export function refuseMixedRows(instance: ModelInstance, data: DataInputs, numSamples: number): void {
  const S = Math.min(2, numSamples);
  withCallSites(() =>
    unrecorded(() =>
      tidy(() => {
        for (let trial = 0; trial < TRIALS; trial++) {
          if (isSound(instance, data, S, trial)) return;
        }
      }),
    ),
  );
}

/** One look of each kind. False where the row alone came out otherwise, which a jump may by rounding: the last trial refuses that. */
function isSound(instance: ModelInstance, data: DataInputs, S: number, trial: number): boolean {
  const last = (Object.values(data)[0]?.shape[1] ?? 1) - 1;
  const mixed = rowsOf(data, [0, last, 0]);
  const first = look(instance, mixed, S, ({ name, distribution }) => draw(name, distribution, S, 2 * trial));
  const others = look(instance, rowsOf(data, [last, last, last]), S, (site) =>
    otherwise(site, valueOf(first, site), S, 2 * trial + 1),
  );
  if (different(first, others) ?? changed(first, others, SAME)) {
    for (let again = 0; again < 2; again++)
      refuseOwnChance(
        first,
        look(instance, mixed, S, (site) => valueOf(first, site)),
      );
    refuseOthers(first, others, SAME);
  }
  const alone = look(instance, rowsOf(data, [last]), S, (site) => tf.slice(valueOf(first, site), [0, KEPT], [S, 1]));
  if (!(different(first, alone) ?? changed(first, alone, ROUNDING))) return true;
  if (trial === TRIALS - 1) refuseOthers(first, alone, ROUNDING);
  return false;
}

/** Runs the model and reads what it makes of the kept sample and row. */
function look(instance: ModelInstance, data: DataInputs, S: number, drawn: (site: SampleSite) => tf.Tensor): Look {
  const values = new Map<string, tf.Tensor>();
  const trace = runTrace(instance.functions, data, (site) => {
    const value = drawn(site);
    values.set(site.name, value);
    return value;
  });
  const B = Object.values(data)[0]?.shape[1] ?? [...values.values()][0]?.shape[1] ?? 1;
  const named: { name: string; value: tf.Tensor; source: SourceLocation | undefined }[] = [];
  for (const { name, distribution, value, source } of trace.nodes.values()) {
    const where = `the distribution of "${name}"`;
    named.push({ name: where, value: distribution.logProb(value), source });
    named.push({ name: where, value: unitsSummed(distribution), source });
  }
  for (const { kind, name, value, source } of trace.terms)
    named.push({ name: kind === "prior" ? `log p of "${name}"` : `${kind} "${name}"`, value, source });
  const found = tf.stack(named.map(({ value }) => spread(tf.cast(value, "float32"), [S, B]))).dataSync<"float32">();
  const at = (S - 1) * B + (B === 1 ? 0 : KEPT);
  const places = named.map(({ name, source }, i) => {
    const own = found.subarray(i * S * B, (i + 1) * S * B);
    const scale = own.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
    return { name, source, value: own[at]!, scale };
  });
  return { places, values };
}

/** Σ over units of the mean, since a distribution without density has no log-probability to tell. */
function unitsSummed(distribution: Distribution): tf.Tensor {
  const mean = distribution.mean();
  const axes = mean.shape.map((_, axis) => axis).slice(-distribution.eventRank);
  return tf.sum(mean, axes);
}

/** Data for as many rows as there are examples named. */
function rowsOf(data: DataInputs, examples: readonly number[]): DataInputs {
  const indices = tf.tensor1d([...examples], "int32");
  return Object.fromEntries(Object.entries(data).map(([name, x]) => [name, tf.gather(x, indices, 1)]));
}

function draw(node: string, distribution: Distribution, S: number, step: number): tf.Tensor {
  const noise = new Noise({ seed: 0, step, numSamples: S, numRows: ROWS, replicates: 1, firstReplicate: 0 });
  return distribution.sample(nodeNoise(noise, node));
}

function valueOf(first: Look, { name, source }: SampleSite): tf.Tensor {
  const value = first.values.get(name);
  if (value) return value;
  throw comesAndGoes(`"${name}" is drawn`, source);
}

/** The value with everything but the kept sample and row changed: the next state of every discrete unit, or another draw. */
function otherwise({ name, distribution }: SampleSite, value: tf.Tensor, S: number, step: number): tf.Tensor {
  const { statesPerUnit: K, eventRank } = distribution;
  const other =
    K === undefined
      ? draw(name, distribution, S, step)
      : eventRank === 1
        ? tf.sub(1, value)
        : tf.gather(
            value,
            tf.tensor1d(
              Array.from({ length: K }, (_, k) => (k + 1) % K),
              "int32",
            ),
            -1,
          );
  const kept = Array.from({ length: S * ROWS }, (_, i) => i === (S - 1) * ROWS + KEPT);
  return tf.where(tf.tensor(kept, [S, ROWS, ...value.shape.slice(2).map(() => 1)], "bool"), value, other);
}

/** The first place that is another number. */
function changed(a: Look, b: Look, share: number): { readonly was: Place; readonly is: Place } | null {
  for (const [i, was] of a.places.entries()) {
    const is = b.places[i];
    if (!is || is.name !== was.name) return null;
    const scale = share === SAME ? Math.abs(was.value) : was.scale;
    const same = Object.is(is.value, was.value) || Math.abs(is.value - was.value) <= share * scale + 1e-12;
    if (!same) return { was, is };
  }
  return null;
}

/** The first place that only one of them has. */
function different(a: Look, b: Look): Place | null {
  const names = [a, b].map(({ places }) => new Set(places.map(({ name }) => name)));
  return a.places.find(({ name }) => !names[1]!.has(name)) ?? b.places.find(({ name }) => !names[0]!.has(name)) ?? null;
}

function refuseOwnChance(first: Look, again: Look): void {
  const found = changed(first, again, SAME);
  if (!found) return;
  const { was, is } = found;
  throw at(
    was.source,
    "GL1122",
    `${was.name} came out as ${was.value.toPrecision(3)} and ${is.value.toPrecision(3)} for the same values and data; ` +
      "a model's text needs to be without chance or memory of its own (Math.random, tf.randomNormal, dropout, counters): draw with sample(name, distribution)",
  );
}

function refuseOthers(first: Look, others: Look, share: number): void {
  const place = different(first, others);
  if (place) throw comesAndGoes(`${place.name} is there`, place.source);
  const found = changed(first, others, share);
  if (!found) return;
  throw at(
    found.was.source,
    "GL1123",
    `${found.was.name} of one row changes with the values of other rows; each row of [S, B] is an estimate of its own: ` +
      "reduce over negative axes, such as sum(-1), never over all or the leading ones, and use no value that was read back for all rows",
  );
}

function comesAndGoes(what: string, source: SourceLocation | undefined): GradlensError {
  return at(
    source,
    "GL1124",
    `${what} for some values and not for others; all rows need the same nodes and terms: draw always, and choose between results with tf.where`,
  );
}

function at(source: SourceLocation | undefined, code: string, message: string): GradlensError {
  return new GradlensError(code, message, source ? { source } : {});
}
