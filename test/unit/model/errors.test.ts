import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { GradlensError } from "../../../core/errors";
import { ModelInstance } from "../../../core/graph/instance";
import { runTrace } from "../../../core/graph/trace";
import { bernoulli, categorical, cost, defineModel, dense, observe, parameter, sample, tf } from "../../../core/index";
import type { DenseOptions, ModelOptions } from "../../../core/index";
import type { ModelFunctions } from "../../../core/model/defineModel";
import { isModelDefinition } from "../../../core/model/defineModel";

before(() => useBackend("cpu"));

/** What building a model and running it once says, as "CODE: sentence". */
function said(build: () => unknown): string {
  const before = tf.memory().numTensors;
  let text = "";
  try {
    const instance = new ModelInstance(defineModel("m", build as () => ModelFunctions), 0);
    try {
      tf.tidy(
        () =>
          void runTrace(instance.functions, {}, ({ distribution }) =>
            tf.broadcastTo(distribution.mean(), [1, 1, ...distribution.unitShape]),
          ),
      );
    } finally {
      instance.dispose();
    }
  } catch (error) {
    text = error instanceof GradlensError ? `${error.code}: ${error.message}` : String(error);
  }
  assert.equal(tf.memory().numTensors, before, "tensors left behind");
  return text;
}

const bits = (units = 2): ReturnType<typeof bernoulli> => bernoulli({ logits: tf.zeros([units]) });
const fine = (): void => cost("f", tf.zeros([1, 1]));

const cases: readonly (readonly [name: string, build: () => unknown, sentence: string])[] = [
  [
    "a parameter's first value that is no number",
    () => (parameter("p", "zero" as never), { program: fine }),
    `GL1103: parameter "p" needs a number, a nested array of numbers, a tensor or an initializer as its first value`,
  ],
  [
    "a model defined inside another",
    () => (
      new ModelInstance(
        defineModel("inner", () => ({ program: fine })),
        0,
      ),
      { program: fine }
    ),
    "GL1104: defineModel was called inside another model's build function; define models side by side",
  ],
  [
    "a name declared twice",
    () => (parameter("p", 0), parameter("p", 1), { program: fine }),
    `GL1106: parameter "p" is declared twice; give each parameter its own name`,
  ],
  [
    "a layer's name declared twice",
    () => (dense("d", 1, 1), dense("d", 1, 1), { program: fine }),
    `GL1106: parameter "d/weight" is declared twice; give each layer its own name`,
  ],
  [
    "a layer without units",
    () => (dense("d", 2, 0), { program: fine }),
    `GL1107: dense("d") needs whole positive numbers of inputs and units, got 2 and 0`,
  ],
  [
    "a weight of the wrong shape",
    () => (dense("d", 2, 2, { weight: [[1, 2]] }), { program: fine }),
    `GL1108: parameter "d/weight" needs shape [2, 2], got [1, 2]`,
  ],
  [
    "a mask of the wrong shape",
    () => (dense("d", 2, 2, { mask: tf.ones([2, 3]) }), { program: fine }),
    `GL1109: the mask of dense("d") needs shape [2, 2], got [2, 3]`,
  ],
  [
    "a layer given the wrong width",
    () => {
      const d = dense("d", 2, 2);
      return { program: () => cost("f", tf.sum(d(tf.zeros([1, 1, 3])), -1)) };
    },
    `GL1110: dense("d") expects 2 inputs on the last axis, got a tensor [1, 1, 3]`,
  ],
  [
    "an option that a layer has not",
    () => (dense("d", 2, 2, { wieght: [[1, 2]] } as DenseOptions), { program: fine }),
    `GL1112: dense("d") has no "wieght" (did you mean weight?); it has weight, bias, mask`,
  ],
  [
    "a parameter that a distribution has not, beside those it needs",
    () => ({ program: () => void sample("h", bernoulli({ logits: [0], prob: [0.5] } as { logits: number[] })) }),
    `GL1112: bernoulli has no "prob" (did you mean probs?); it has logits, probs`,
  ],
  [
    "a tensor in place of a distribution's parameters",
    () => ({ program: () => void sample("h", bernoulli([0] as unknown as { logits: number[] })) }),
    `GL1113: bernoulli takes an object of logits, probs, got an array`,
  ],
  [
    "a parameter declared in a program",
    () => ({
      program: () => {
        parameter("p", 0);
        fine();
      },
    }),
    `GL1105: parameter("p") was called outside a model's build function; call it inside defineModel(name, () => …)`,
  ],
  [
    "a sample drawn in the build function",
    () => (sample("h", bits()), { program: fine }),
    `GL1120: sample("h") was called outside a model's functions; call it inside program, guide or model`,
  ],
  [
    "two samples of one name",
    () => ({
      program: () => {
        sample("h", bits());
        sample("h", bits());
        fine();
      },
    }),
    `GL1150: sample "h" occurs twice; give each its own name`,
  ],
  [
    "two costs of one name",
    () => ({
      program: () => {
        fine();
        fine();
      },
    }),
    `GL1150: cost "f" occurs twice; give each its own name`,
  ],
  [
    "a model's node that the guide never draws",
    () => ({ guide: () => void sample("a", bits()), model: () => void sample("b", bits()) }),
    `GL1151: the model samples "b", which the guide never draws; the guide has "a"`,
  ],
  [
    "a guide without nodes",
    () => ({ guide: () => undefined, model: () => void sample("b", bits()) }),
    `GL1151: the model samples "b", which the guide never draws; the guide has no nodes`,
  ],
  [
    "an observation in the guide",
    () => ({ guide: () => observe("x", bits(), tf.zeros([2])), model: fine }),
    `GL1152: observe("x") stands in the guide; move it to the model`,
  ],
  [
    "a guide's node that the model never samples",
    () => ({ guide: () => void sample("h", bits()), model: fine }),
    `GL1153: the guide draws "h", which the model never samples; the model needs sample("h", …)`,
  ],
  [
    "a program without a cost",
    () => ({ program: () => void sample("h", bits()) }),
    "GL1154: the model has no cost; add cost(name, tensor) or observe(name, distribution, value)",
  ],
  [
    "a cost that was not summed",
    () => ({ program: () => cost("f", tf.zeros([1, 1, 3])) }),
    `GL1155: cost "f" needs shape [S, B], got [1, 1, 3]; sum over the last axes`,
  ],
  [
    "guide and model of different units",
    () => ({ guide: () => void sample("h", bits(3)), model: () => void sample("h", bits(2)) }),
    `GL1156: "h" is bernoulli over units [2], but its value has units [3]; make the two agree`,
  ],
  [
    "an observed value of other units",
    () => ({ program: () => observe("x", categorical({ logits: tf.zeros([2, 3]) }), tf.zeros([1, 1, 2, 4])) }),
    `GL1156: "x" is categorical over units [2, 3], but its value has units [2, 4]; make the two agree`,
  ],
  [
    "nothing returned",
    () => undefined,
    `GL1160: model "m" must return either { program } or { guide, model }, got undefined`,
  ],
  [
    "a guide without a model",
    () => ({ guide: fine }),
    `GL1160: model "m" must return either { program } or { guide, model }, got { guide }`,
  ],
  [
    "all three functions",
    () => ({ program: fine, guide: fine, model: fine }),
    `GL1160: model "m" must return either { program } or { guide, model }, got { program, guide, model }`,
  ],
];

for (const [name, build, sentence] of cases) {
  test(`${name}: one sentence, and no tensor is left behind`, () => assert.equal(said(build), sentence));
}

test("defineModel without a name or a build function says what it needs", () => {
  assert.throws(() => defineModel("", () => ({ program: fine })), {
    code: "GL1130",
    message: "defineModel needs a name as its first argument",
  });
  assert.throws(() => defineModel("m", {} as never), {
    code: "GL1131",
    message: `defineModel("m") needs a build function as its second argument, got object`,
  });
  assert.ok(isModelDefinition(defineModel("m", () => ({ program: fine }))));
  assert.ok(!isModelDefinition({ name: "m" }));
});

test("an option that no model has is refused, also in an option's own members", () => {
  assert.throws(() => defineModel("m", () => ({ program: fine }), { batchsize: 50 } as ModelOptions), {
    message: `defineModel("m") has no "batchsize" (did you mean batchSize?); it has data, batchSize, samples, seed, epochs, steps, objective, analyticKl, estimator, inference, optimizer, schedule, earlyStop`,
  });
  assert.throws(
    () => defineModel("m", () => ({ program: fine }), { earlyStop: { patience: 2, delta: 1 } } as ModelOptions),
    {
      message: `earlyStop of defineModel("m") has no "delta"; it has patience, minDelta`,
    },
  );
});

test("calls outside any model are told where they belong", () => {
  const outside: readonly (readonly [() => unknown, string])[] = [
    [() => parameter("p", 0), "GL1105"],
    [() => dense("d", 1, 1), "GL1105"],
    [() => sample("h", bits()), "GL1120"],
    [() => observe("x", bits(), tf.zeros([2])), "GL1120"],
    [() => cost("f", tf.zeros([1, 1])), "GL1120"],
  ];
  tf.tidy(() => outside.forEach(([call, code]) => assert.throws(call, { code })));
});

test("after a model that failed the next one is built as if nothing had been", () => {
  assert.match(
    said(() => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal(
    said(() => ({ program: fine })),
    "",
  );
});

test("a parameter's first value depends on the seed and its name alone", () => {
  const weights = (seed: number, extra: boolean): number[] => {
    const instance = new ModelInstance(
      defineModel("m", () => {
        if (extra) dense("other", 3, 3);
        dense("d", 2, 2);
        return { program: fine };
      }),
      seed,
    );
    const values = [...instance.store.get("d/weight").variable.dataSync()];
    instance.dispose();
    return values;
  };
  assert.deepEqual(weights(1, true), weights(1, false));
  assert.notDeepEqual(weights(2, false), weights(1, false));
  for (const value of weights(1, false)) assert.ok(Math.abs(value) <= Math.sqrt(6 / 4));
});
