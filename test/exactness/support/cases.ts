import { bernoulli, categorical, cost, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
import type { ModelDefinition } from "../../../core/model/defineModel";

/** A small enumerable model whose costs tell estimators apart: not quadratic, probabilities away from ½. */
export interface Case {
  readonly name: string;
  readonly definition: ModelDefinition;
  readonly objective: string;
  /** S where the objective itself asks for several samples, else 1. */
  readonly samples: number;
  readonly batchSize: number;
  /** Input x, `[batchSize, width]`, row-major; none when left out. */
  readonly inputs?: readonly (readonly number[])[];
}

interface Inputs {
  readonly x: tf.Tensor;
}

const oneUnit = defineModel("one unit", () => {
  const theta = parameter("theta", [0.7]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      cost("f", tf.exp(tf.mul(b, 1.3).sub(0.4)).sum(-1));
    },
  };
});

/** Units meet in products of two and three, under an exponential. */
const vector = defineModel("vector", () => {
  const theta = parameter("theta", [0.7, -1.1, 0.4]);
  const scale = parameter("scale", [0.5, -0.3, 0.8]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      const drive = b.mul(scale).sum(-1);
      const product = tf.exp(tf.log(b.add(0.2)).sum(-1));
      cost("f", tf.exp(drive).add(drive.mul(product).mul(3)).add(tf.square(product)));
    },
  };
});

const twoLayers = defineModel("two layers", () => {
  const theta = parameter("theta", [0.6, -0.9, 0.3]);
  const up = dense("up", 3, 2, {
    weight: [
      [1.2, -0.7],
      [0.5, 0.9],
      [-1.1, 0.4],
    ],
    bias: [0.3, -0.6],
  });
  const out = parameter("out", [1.1, -0.8]);
  return {
    program() {
      const h1 = sample("h1", bernoulli({ logits: theta }));
      const h2 = sample("h2", bernoulli({ logits: up(h1) }));
      const y = h2.mul(out).sum(-1).add(h1.sum(-1).mul(0.5));
      cost("f", tf.exp(y).add(tf.square(tf.square(y.sub(0.4)))));
    },
  };
});

const threeLayers = defineModel("three layers", () => {
  const theta = parameter("theta", [0.8, -0.5]);
  const first = dense("first", 2, 2, {
    weight: [
      [1.0, -0.9],
      [0.6, 1.3],
    ],
    bias: [-0.4, 0.2],
  });
  const second = dense("second", 2, 2, {
    weight: [
      [0.9, 0.7],
      [-1.2, 0.5],
    ],
    bias: [0.1, -0.7],
  });
  return {
    program() {
      const h1 = sample("h1", bernoulli({ logits: theta }));
      const h2 = sample("h2", bernoulli({ logits: first(h1) }));
      const h3 = sample("h3", bernoulli({ logits: second(h2).mul(1.4) }));
      cost(
        "f",
        tf.exp(
          h3
            .mul([1.2, -0.6])
            .sum(-1)
            .add(h2.mul([0.3, 0.5]).sum(-1)),
        ),
      );
    },
  };
});

/** a → b → f; a, c → g; c → d; d alone → k: costs at several nodes, each credited upstream only. */
const dag = defineModel("DAG", () => {
  const a0 = parameter("a0", [0.9]);
  const c0 = parameter("c0", [-0.6, 0.5]);
  const w = parameter("w", [1.3]);
  return {
    program() {
      const a = sample("a", bernoulli({ logits: a0 }));
      const c = sample("c", bernoulli({ logits: c0 }));
      const b = sample("b", bernoulli({ logits: a.mul(w).sub(0.8) }));
      const d = sample("d", bernoulli({ logits: c.sum(-1, true).mul(1.1).sub(0.5) }));
      cost("f", tf.exp(b.sum(-1)));
      cost(
        "g",
        tf.exp(
          a
            .sum(-1)
            .mul(0.7)
            .add(c.mul([1.0, -1.5]).sum(-1)),
        ),
      );
      cost("k", tf.pow(d.sum(-1).sub(0.3), 3).mul(4));
    },
  };
});

const categories = defineModel("categorical", () => {
  const logits = parameter("logits", [
    [0.1, 0.9, -0.6],
    [0.7, -0.4, 0.3],
  ]);
  const w = parameter("w", [[0.3, -1, 1.4]]);
  return {
    program() {
      const c = sample("c", categorical({ logits }));
      const s = c.mul(w).sum([-2, -1]);
      cost("f", tf.exp(s));
      const d = sample("d", bernoulli({ logits: c.mul([1, -2, 0.5]).sum(-1) }));
      cost(
        "g",
        tf
          .pow(d.mul([1.0, 0.6]).sum(-1).sub(0.3), 3)
          .mul(2)
          .add(tf.exp(d.sum(-1).mul(s).mul(0.3))),
      );
    },
  };
});

function beliefNet(name: string, lower: number): ModelDefinition {
  const weights = [
    [0.9, -0.7, 1.1],
    [-1.2, 0.6, 0.4],
    [0.5, 1.3, -0.8],
  ];
  return defineModel(name, () => {
    const encode = dense("encode", 3, lower, {
      weight: weights.map((row) => row.slice(0, lower)),
      bias: [0.2, -0.4, 0.1].slice(0, lower),
    });
    const encodeTop = dense("encode-top", lower, 1, { weight: [[1.4], [-0.9], [0.6]].slice(0, lower), bias: [-0.3] });
    const decodeTop = dense("decode-top", 1, lower, {
      weight: [[0.8, -1.1, 0.5].slice(0, lower)],
      bias: [-0.2, 0.4, 0.1].slice(0, lower),
    });
    const decode = dense("decode", lower, 3, {
      weight: [
        [1.6, -0.5, 0.9],
        [-0.7, 1.2, 0.3],
        [0.4, 0.8, -1.5],
      ].slice(0, lower),
      bias: [0.1, -0.6, 0.3],
    });
    const prior = parameter("prior", [0.4]);
    return {
      guide({ x }: Inputs) {
        const h1 = sample("h1", bernoulli({ logits: encode(x) }));
        sample("h2", bernoulli({ logits: encodeTop(h1) }));
      },
      model({ x }: Inputs) {
        const h2 = sample("h2", bernoulli({ logits: prior }));
        const h1 = sample("h1", bernoulli({ logits: decodeTop(h2) }));
        observe("x", bernoulli({ logits: decode(h1) }), x);
      },
    };
  });
}

const categoricalBelief = defineModel("categorical ELBO", () => {
  const encode = parameter("encode", [
    [
      [0.4, -0.9, 0.7],
      [1.1, 0.2, -0.5],
    ],
    [
      [-0.3, 0.8, 0.6],
      [0.5, -1.2, 0.9],
    ],
  ]);
  const prior = parameter("prior", [
    [0.3, -0.4, 0.1],
    [0.2, 0.5, -0.6],
  ]);
  const decode = parameter("decode", [
    [
      [1.2, -0.8],
      [-0.6, 0.9],
      [0.4, 0.5],
    ],
    [
      [-1.0, 0.7],
      [0.8, 0.3],
      [0.6, -1.3],
    ],
  ]);
  return {
    guide({ x }: Inputs) {
      const column = tf.reshape(x, [...x.shape, 1, 1]); // [1, B, 2, 1, 1]
      sample("h", categorical({ logits: column.mul(encode).sum(-3) }));
    },
    model({ x }: Inputs) {
      const h = sample("h", categorical({ logits: prior }));
      observe("x", bernoulli({ logits: tf.expandDims(h, -1).mul(decode).sum([-3, -2]) }), x);
    },
  };
});

const structured = defineModel("structured prediction", () => {
  const up = dense("up", 2, 2, {
    weight: [
      [1.1, -0.6],
      [-0.4, 1.3],
    ],
    bias: [0.3, -0.5],
  });
  const mid = dense("mid", 2, 1, { weight: [[1.5], [-1.0]], bias: [0.2] });
  const out = dense("out", 1, 2, { weight: [[1.4, -1.7]], bias: [-0.3, 0.6] });
  return {
    program({ x }: Inputs) {
      const h1 = sample("h1", bernoulli({ logits: up(x) }));
      const h2 = sample("h2", bernoulli({ logits: mid(h1) }));
      observe("y", bernoulli({ logits: out(h2).add(h1.sum(-1, true).mul(0.4)) }), tf.sub(1, x));
    },
  };
});

const twoExamples = [
  [1, 0, 1],
  [0, 1, 1],
] as const;

export const cases: readonly Case[] = [
  { name: "one unit", definition: oneUnit, objective: "expected-cost", samples: 1, batchSize: 1 },
  {
    name: "a vector with a non-separable cost",
    definition: vector,
    objective: "expected-cost",
    samples: 1,
    batchSize: 1,
  },
  { name: "two layers", definition: twoLayers, objective: "expected-cost", samples: 1, batchSize: 1 },
  { name: "three layers", definition: threeLayers, objective: "expected-cost", samples: 1, batchSize: 1 },
  { name: "a DAG with costs at several nodes", definition: dag, objective: "expected-cost", samples: 1, batchSize: 1 },
  { name: "categorical above Bernoulli", definition: categories, objective: "expected-cost", samples: 1, batchSize: 1 },
  {
    name: "a two-layer ELBO",
    definition: beliefNet("belief net", 3),
    objective: "elbo",
    samples: 1,
    batchSize: 2,
    inputs: twoExamples,
  },
  {
    name: "a categorical ELBO",
    definition: categoricalBelief,
    objective: "elbo",
    samples: 1,
    batchSize: 2,
    inputs: [
      [1, 0],
      [1, 1],
    ],
  },
  {
    name: "a two-layer IWAE, K = 2",
    definition: beliefNet("small belief net", 2),
    objective: "iwae",
    samples: 2,
    batchSize: 2,
    inputs: twoExamples,
  },
  {
    name: "structured prediction, m = 2",
    definition: structured,
    objective: "structured-prediction",
    samples: 2,
    batchSize: 2,
    inputs: [
      [1, 0],
      [0, 1],
    ],
  },
];
