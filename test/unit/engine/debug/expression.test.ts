import assert from "node:assert/strict";
import { test } from "node:test";
import { holds, parseExpression, type Scope, type Value } from "../../../../core/engine/debug/expression";

const tensor = { shape: [2, 2], values: Float32Array.of(3, 4, 0, NaN) };
const scope: Scope = {
  names: ["loss", "h", "missing"],
  name: (name) =>
    ({
      loss: 2.5,
      missing: null,
      h: { text: "node h", members: ["sample"], member: (key: string) => (key === "sample" ? tensor : undefined) },
    })[name] as Value | undefined,
  functions: { variance: ([name]) => (name === "encode/weight" ? 120 : null) },
};
const value = (text: string): Value => parseExpression(text).evaluate(scope);

test("an expression computes with numbers, nodes, tensors and measurements", () => {
  assert.equal(value("loss * 2 + 1"), 6);
  assert.equal(value('variance("encode/weight") > 100'), true);
  assert.equal(value("h.sample[1]"), 4);
  assert.equal(value("h.sample.nan"), 1);
  assert.equal(value("-min(loss, 3) < 0 && !(loss === 3)"), true);
  assert.equal(value("loss > 2 ? 10 : 20"), 10);
});

test("what depends on an unknown number is unknown, and an unknown condition does not hold", () => {
  assert.equal(value("missing + 1"), null);
  assert.equal(value("missing > 1 || loss > 2"), true);
  assert.equal(value("missing > 1 && loss > 2"), null);
  assert.equal(holds(parseExpression("missing > 1"), scope), false);
});

for (const [text, message] of [
  ["loss >", /cannot be read: expected expression after > at character 7/],
  ["loss = 3", /cannot be read/],
  ["", /it is empty/],
  ["loss; loss", /more than one expression/],
  ["h.sample.map(x)", /only named functions can be called/],
] as const)
  test(`"${text}" is refused in one sentence`, () => {
    assert.throws(() => parseExpression(text), { message, code: "GL1901" });
  });

for (const [text, message] of [
  ["lost", /"lost" is not known; there are loss, h, missing/],
  ["h.nothing", /node h has no "nothing"; it has sample/],
  ["h.sample > 1", /a number is needed, got a tensor \[2, 2\]/],
  ["h.sample[9]", /element 9 does not exist; there are 0 to 3/],
  ["grad(1)", /the function "grad" is not known; there are variance/],
  ["h.sample.constructor", /a tensor has no "constructor"/],
] as const)
  test(`"${text}" says what there is instead`, () => {
    assert.throws(() => value(text), { message, code: "GL1902" });
  });
