import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import { useBackend } from "../../../core/backends/registry";
import { type Estimators, PassDraws } from "../../../core/diagnostics/passDraws";
import { planPasses } from "../../../core/diagnostics/passPlan";
import { scoreAlone, withScoreControl } from "../../../core/diagnostics/scoreControl";
import { differenceOfRows } from "../../../core/gradients/differenceOfRows";
import type { RowGradients } from "../../../core/gradients/rowGradients";
import { scaleRows } from "../../../core/gradients/scaleRows";
import { bernoulli, cost, defineModel, dense, parameter, sample } from "../../../core/index";
import type { DataInputs } from "../../../core/model/defineModel";
import { makeBench } from "./support";

before(() => useBackend("cpu"));

/** Two layers of bits, the first of `units`; a masked decoder and a raw parameter, so that rows are kept in every form. */
const bits = (units: number, hasData: boolean) =>
  defineModel("bits", () => {
    const encode = dense("encode", 3, units);
    const mask = tf.tensor2d(
      Array.from({ length: units * 4 }, (_, e) => (e % 3 === 0 ? 0 : 1)),
      [units, 4],
    );
    const decode = dense("decode", units, 4, { mask });
    const shift = parameter("shift", tf.zeros([4]));
    return {
      program({ x }: { x: tf.Tensor }) {
        const input = hasData ? x : tf.ones([1, 1, 3]);
        const h = sample("h", bernoulli({ logits: encode(input) }));
        const y = sample("y", bernoulli({ logits: tf.add(decode(h), shift) }));
        cost("f", tf.square(tf.sub(tf.sum(y, -1), 1.3)));
      },
    };
  });

function drawsOf(
  units: number,
  batchSize: number,
  hasData: boolean,
): { readonly draw: PassDraws; readonly estimators: Estimators; readonly reference: Estimators; dispose(): void } {
  const data: DataInputs = hasData ? { x: tf.randomNormal([1, batchSize, 3], 0, 1, "float32", 5) } : {};
  const definition = bits(units, hasData);
  const bench = makeBench(definition, "lr", { data });
  const other = makeBench(definition, "local-expectation", { data });
  const plan = planPasses(hasData, batchSize, 40);
  return {
    draw: new PassDraws({ ...bench, batchSize, seed: 3, step: 7 }, plan),
    estimators: bench.estimators,
    reference: other.estimators,
    dispose: () => [bench, other].forEach((each) => each.dispose()),
  };
}

const numbersOf = (rows: readonly RowGradients[]): Float32Array[] =>
  rows.map((each) => each.materialise().dataSync<"float32">().slice());

function assertClose(found: readonly Float32Array[], expected: readonly Float32Array[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((values, i) => {
    const scale = expected[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.equal(values.length, expected[i]!.length);
    values.forEach((value, e) => assert.ok(Math.abs(value - expected[i]![e]!) <= 1e-5 * scale + 1e-7));
  });
}

for (const [title, units, batchSize, hasData] of [
  ["by examples", 100, 20, true],
  ["by examples and replicates", 200, 2, true],
  ["by replicates, without data", 300, 1, false],
] as const) {
  test(`rows drawn in blocks are those drawn at once: cut ${title}`, () => {
    const { draw, reference, dispose } = drawsOf(units, batchSize, hasData);
    const before = tf.memory().numTensors;
    const work = draw.kept(reference, 1, 0);
    let slices = 1;
    let step = work.next();
    for (; !step.done; step = work.next()) slices++;
    const kept = step.value;
    assert.ok(slices > 3, `${slices} slices`);
    tidy(() => assertClose(numbersOf(kept.rows()), numbersOf(draw.rows(reference, 1, 0))));
    kept.dispose();
    assert.equal(tf.memory().numTensors, before);
    dispose();
  });
}

test("work on blocks that is given up leaves no tensor behind", () => {
  const { draw, reference, dispose } = drawsOf(100, 20, true);
  const before = tf.memory().numTensors;
  const work = draw.kept(reference, 1, 0);
  work.next();
  work.next();
  assert.ok(tf.memory().numTensors > before);
  work.return(undefined as never);
  assert.equal(tf.memory().numTensors, before);
  dispose();
});

test("the score's rows, found without the estimators' own terms, are what score control takes off", () => {
  const { draw, estimators, dispose } = drawsOf(6, 4, true);
  const score = scoreAlone(estimators);
  tidy(() => {
    const plain = draw.rows(estimators, 1, 0);
    const [scored, bare] = [draw.rows(score.with, 1, 0), draw.rows(score.without, 1, 0)];
    const expected = numbersOf(draw.rows(withScoreControl(estimators, 1.7), 1, 0));
    const found = plain.map((own, i) => differenceOfRows(own, scaleRows(differenceOfRows(scored[i]!, bare[i]!), 1.7)));
    assertClose(numbersOf(found), expected);
    assert.ok(expected[0]!.some((value, e) => Math.abs(value - numbersOf(plain)[0]![e]!) > 1e-3));
  });
  dispose();
});
