import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { collectByAxis, collectByLoop, collectRows } from "../../../core/gradients/collectRows";
import { estimateGradient } from "../../../core/gradients/gradient";
import { bernoulli, categorical, cost, defineModel, dense, observe, parameter, sample } from "../../../core/index";
import type { ModelDefinition } from "../../../core/model/defineModel";
import { Noise } from "../../../core/random/noise";
import { type Bench, makeBench } from "../diagnostics/support";

const ROWS = 6;
const CASES: readonly {
  readonly name: string;
  readonly model: ModelDefinition;
  readonly objective?: string;
  readonly samples: number;
}[] = [
  {
    name: "masks, two calls of one layer and a layer that nothing uses",
    samples: 1,
    model: defineModel("masked", () => {
      const mask = tf.tensor2d([
        [0, 1, 1],
        [0, 0, 1],
        [0, 0, 0],
      ]);
      const masked = dense("masked", 3, 3, { mask });
      const shared = dense("shared", 3, 3);
      const scale = parameter("scale", [0.5, -1, 2]);
      dense("unused", 2, 2);
      return {
        program({ x }: { readonly x: tf.Tensor }) {
          const h = sample("h", bernoulli({ logits: tf.add(masked(x), scale) }));
          const y = sample("y", bernoulli({ logits: shared(tf.tanh(shared(h))) }));
          cost("f", tf.exp(tf.mean(tf.mul(y, scale), -1)));
        },
      };
    }),
  },
  {
    name: "a belief net with three samples of every row",
    samples: 3,
    objective: "elbo",
    model: beliefNet(),
  },
  {
    name: "an importance-weighted bound of three samples",
    samples: 3,
    objective: "iwae",
    model: beliefNet(),
  },
  {
    name: "a categorical layer",
    samples: 2,
    model: defineModel("categorical", () => {
      const logits = dense("logits", 3, 6);
      const table = parameter("table", [
        [0.2, -1, 0.4],
        [0.3, 0.9, -0.5],
      ]);
      return {
        program({ x }: { readonly x: tf.Tensor }) {
          const flat = logits(x);
          const c = sample("c", categorical({ logits: tf.reshape(flat, [...flat.shape.slice(0, -1), 2, 3]) }));
          cost("f", tf.exp(tf.sum(tf.mul(c, table), [-2, -1])));
        },
      };
    }),
  },
];

/** Layers over an axis between rows and features, whose inputs say in three ways which row is which, or do not. */
const AXES: readonly { readonly name: string; readonly model: ModelDefinition }[] = [
  {
    name: "a layer over [S, B, places, features]",
    model: overPlaces("places", (h, layer) => layer(tf.reshape(h, [...h.shape.slice(0, -1), 3, 2]))),
  },
  {
    name: "a layer over rows and places flattened into one axis",
    model: overPlaces("flattened", (h, layer) => {
      const y = layer(tf.reshape(h, [-1, 2]));
      return tf.reshape(y, [...h.shape.slice(0, -1), 3, 1]);
    }),
  },
  {
    name: "a layer over constants that are the same for all rows",
    model: defineModel("constants", () => {
      const layer = dense("layer", 2, 1, { weight: [[0.5], [-0.7]], bias: [0.1] });
      const inputs = tf.tensor([1, 2, 0, 1, 3, 1, 1, 1, -1, 0, 2, -1], [6, 2]); // as many as rows
      return {
        program() {
          const h = sample("h", bernoulli({ logits: tf.reshape(layer(inputs), [6]) }));
          cost("f", tf.exp(tf.sum(tf.mul(h, [1, 2, -1, 0.5, -0.2, 0.3]), -1)));
        },
      };
    }),
  },
];

function overPlaces(
  name: string,
  apply: (h: tf.Tensor, layer: (x: tf.Tensor) => tf.Tensor) => tf.Tensor,
): ModelDefinition {
  return defineModel(name, () => {
    const layer = dense("layer", 2, 1, { weight: [[0.5], [-0.7]], bias: [0.1] });
    return {
      program() {
        const h = sample("h", bernoulli({ logits: tf.tensor([0.2, -0.4, 0.6, 0.1, 0.9, -0.3]) }));
        const y = apply(h, layer); // [S, B, 3, 1]
        cost("f", tf.sum(tf.mul(tf.sum(tf.exp(y), -1), [1, 2, 3]), -1));
      },
    };
  });
}

function beliefNet(): ModelDefinition {
  return defineModel("net", () => {
    const encode = dense("encode", 3, 4);
    const decode = dense("decode", 4, 3);
    const prior = parameter("prior", [0.1, 0.2, -0.3, 0]);
    const temper = parameter("temper", 1);
    return {
      guide({ x }: { readonly x: tf.Tensor }) {
        sample("h", bernoulli({ logits: encode(x) }));
      },
      model({ x }: { readonly x: tf.Tensor }) {
        const h = sample("h", bernoulli({ logits: prior }));
        observe("x", bernoulli({ logits: tf.mul(decode(h), tf.expandDims(temper, -1)) }), x);
      },
    };
  });
}

function evaluationOf(bench: Bench): Parameters<typeof collectByAxis>[1] {
  const { structure, objective, estimators, data, numSamples } = bench;
  const noise = new Noise({ seed: 1, step: 2, numSamples, numRows: ROWS, replicates: 1, firstReplicate: 0 });
  return { structure, objective, estimators, data, noise, training: false };
}

function input(): tf.Tensor {
  return tf.tensor(
    Array.from({ length: ROWS * 3 }, (_, i) => Number((i * 7) % 5 < 2)),
    [1, ROWS, 3],
  );
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, what: string): void => {
  assert.equal(a.length, b.length, what);
  const scale = Math.max(1e-3, ...Array.from(b, Math.abs));
  for (let i = 0; i < a.length; i++)
    assert.ok(Math.abs(a[i]! - b[i]!) <= 2e-5 * scale, `${what}[${i}]: ${a[i]}, expected ${b[i]}`);
};

for (const backend of ["cpu", "wasm"]) {
  describe(`rows of gradients on ${backend}`, () => {
    before(() => useBackend(backend));

    for (const { name, model, objective, samples } of CASES) {
      for (const estimator of ["lr", "muprop", "straight-through", "half"]) {
        test(`${estimator} with ${name}: one backward pass for all rows equals one per row, their sum the gradient, their products the inner products`, () => {
          const x = input();
          const bench = makeBench(model, estimator, {
            data: { x },
            numSamples: samples,
            ...(objective ? { objective } : {}),
          });
          const evaluation = evaluationOf(bench);
          const { gradients } = estimateGradient(bench.instance, evaluation);
          tf.tidy(() => {
            const fast = collectByAxis(bench.instance, evaluation).rows;
            const slow = collectByLoop(bench.instance, evaluation).rows;
            fast.forEach((row, i) => {
              const rows = slow[i]!.materialise();
              assert.equal(row.name, slow[i]!.name);
              close(row.materialise().dataSync(), rows.dataSync(), `${row.name} rows`);
              const some = Int32Array.from([0, Math.floor(rows.shape[1] / 2), rows.shape[1] - 1]);
              close(row.elements(some).dataSync(), tf.gather(rows, some, 1).dataSync(), `${row.name} elements`);
              close(row.gram().dataSync(), tf.matMul(rows, rows, false, true).dataSync(), `${row.name} products`);
              close(
                tf.mean(row.materialise(), 0).dataSync(),
                gradients.get(row.name)!.dataSync(),
                `${row.name} gradient`,
              );
            });
          });
          tf.dispose([...gradients.values(), x]);
          bench.dispose();
        });
      }
    }
  });
}

for (const { name, model } of AXES) {
  for (const samples of [1, 2]) {
    test(`${name}, ${samples} samples: every row has its own gradient`, async () => {
      await useBackend("cpu");
      const bench = makeBench(model, "lr", { numSamples: samples });
      tf.tidy(() => {
        const slow = collectByLoop(bench.instance, evaluationOf(bench)).rows;
        collectRows(bench.instance, evaluationOf(bench)).rows.forEach((row, i) => {
          close(row.materialise().dataSync(), slow[i]!.materialise().dataSync(), row.name);
        });
      });
      bench.dispose();
    });
  }
}

test("text that goes by as many rows as its own axis has places is found out at the use with so many", async () => {
  await useBackend("cpu");
  const model = defineModel("as-many", () => {
    const scale = parameter("scale", [0.5, -1]);
    return {
      program() {
        const h = sample("h", bernoulli({ logits: tf.zeros([6]) }));
        // With an axis of rows in front, the scale is laid along the places.
        const y = tf.mul(tf.reshape(h, [...h.shape.slice(0, -1), 3, 2]), scale);
        cost("f", tf.sum(tf.mul(tf.exp(tf.sum(y, -1)), [1, 2, 3]), -1));
      },
    };
  });
  const bench = makeBench(model, "lr");
  for (const numRows of [1, 1, 3]) {
    const noise = new Noise({ seed: 1, step: 2, numSamples: 1, numRows, replicates: 1, firstReplicate: 0 });
    const evaluation = { ...evaluationOf(bench), noise };
    tf.tidy(() => {
      const [fast] = collectRows(bench.instance, evaluation).rows;
      const [slow] = collectByLoop(bench.instance, evaluation).rows;
      close(fast!.materialise().dataSync(), slow!.materialise().dataSync(), `${numRows} rows`);
    });
  }
  bench.dispose();
});

test("text whose gradient says nothing at first is looked at again", async () => {
  await useBackend("cpu");
  const model = defineModel("silent-at-first", () => {
    const scale = parameter("scale", [0, 0]);
    return {
      program() {
        const h = sample("h", bernoulli({ logits: tf.zeros([2]) }));
        cost("f", tf.mul(tf.sum(h, -1), tf.square(tf.sum(scale)))); // all axes, that of rows, too
      },
    };
  });
  const bench = makeBench(model, "lr");
  tf.tidy(() => void collectRows(bench.instance, evaluationOf(bench)));
  bench.instance.parameters[0]!.variable.assign(tf.tensor1d([1, 2]));
  tf.tidy(() => {
    const [fast] = collectRows(bench.instance, evaluationOf(bench)).rows;
    const [slow] = collectByLoop(bench.instance, evaluationOf(bench)).rows;
    close(fast!.materialise().dataSync(), slow!.materialise().dataSync(), "scale");
  });
  bench.dispose();
});

test("text that reads a parameter's axes from the front is found out and takes one pass per row", async () => {
  await useBackend("cpu");
  const model = defineModel("from-the-front", () => {
    const table = parameter("table", [
      [0.5, -1, 0.2],
      [1, 0.3, -0.7],
    ]);
    return {
      program({ x }: { readonly x: tf.Tensor }) {
        const row = tf.gather(table, tf.tensor1d([0], "int32"), 0); // its first row, by axis 0
        const h = sample(
          "h",
          bernoulli({ logits: tf.add(x, tf.reshape(row, row.size === 3 ? [1, 1, 3] : row.shape)) }),
        );
        cost("f", tf.exp(tf.sum(h, -1)));
      },
    };
  });
  const x = input();
  const bench = makeBench(model, "lr", { data: { x } });
  const evaluation = evaluationOf(bench);
  const { gradients } = estimateGradient(bench.instance, evaluation);
  tf.tidy(() => {
    for (let again = 0; again < 2; again++) {
      const [row] = collectRows(bench.instance, evaluation).rows;
      close(tf.mean(row!.materialise(), 0).dataSync(), gradients.get("table")!.dataSync(), "table");
      close(
        row!.materialise().dataSync(),
        collectByLoop(bench.instance, evaluation).rows[0]!.materialise().dataSync(),
        "rows",
      );
    }
  });
  tf.dispose([...gradients.values(), x]);
  bench.dispose();
});

test("an operation without a gradient is named, with an estimator that does without", async () => {
  await useBackend("cpu");
  const model = defineModel("no-gradient", () => {
    const theta = parameter("theta", [0.2]);
    return {
      program() {
        const b = sample("b", bernoulli({ logits: theta }));
        cost("f", tf.sum(tf.cast(tf.topk(b, 1).values, "float32"), -1));
      },
    };
  });
  const bench = makeBench(model, "muprop");
  const noise = new Noise({ seed: 0, step: 0, numSamples: 1, numRows: 1, replicates: 1, firstReplicate: 0 });
  const { structure, objective, estimators } = bench;
  assert.throws(
    () => estimateGradient(bench.instance, { structure, objective, estimators, data: {}, noise, training: false }),
    (error: Error & { code?: string }) =>
      error.code === "GL1201" && /TopK has no gradient, .*such as lr-c$/.test(error.message),
  );
  bench.dispose();
});
