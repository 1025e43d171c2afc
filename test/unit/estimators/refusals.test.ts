import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { bernoulli, categorical, cost, defineModel, normal, parameter, sample, tf } from "gradlens";
import { prepare, type Prepared } from "../../../core/engine/prepare";
import { parseEstimator } from "../../../core/estimators/estimatorSpec";
import { estimators } from "../../../core/estimators/registry";

before(async () => {
  await tf.setBackend("cpu");
  await tf.ready();
});

/** Two layers; the second node's cost reads which state it is in. */
const picky = defineModel("picky", () => {
  const logits = parameter("logits", [[0.2, -0.4, 0.6]]);
  const up = parameter("up", [0.5, -0.5, 1]);
  return {
    program() {
      const c = sample("c", categorical({ logits }));
      const d = sample("d", bernoulli({ logits: c.mul(up).sum(-1) }));
      cost("f", tf.greater(d, 0.5).toFloat().mul(2).sum(-1));
      cost("g", tf.exp(c.mul([0.3, 1, -1]).sum([-2, -1])));
    },
  };
});

async function refusal(estimator: string, samples?: number): Promise<string> {
  let prepared: Prepared | undefined;
  try {
    prepared = await prepare(picky, "picky.ts", { estimator, ...(samples === undefined ? {} : { samples }) });
    return "";
  } catch (error) {
    return (error as Error).message;
  } finally {
    prepared?.dispose();
  }
}

describe("estimators that cannot stand where they are asked for", () => {
  it("arm on a categorical node is refused with the node and the ids that would work", async () => {
    const message = await refusal("arm");
    assert.match(message, /^estimator arm does not serve categorical at node "c"; use one of lr, /);
    assert.doesNotMatch(message, /\bdisarm\b|\bvimco\b|\bpathwise\b/);
  });

  it("a relaxation whose value goes through a comparison is refused with node, operation and ids", async () => {
    assert.match(
      await refusal("gumbel-softmax"),
      /gumbel-softmax relaxes node "d", whose value goes through Greater.*at node "d" use one of lr,/,
    );
    assert.match(await refusal("d=mean-passing,lr"), /mean-passing relaxes node "d"/);
  });

  it("rebar is refused above a node whose value goes through a comparison, since it relaxes what lies downstream", async () => {
    assert.match(
      await refusal("c=rebar,lr"),
      /rebar relaxes node "d", whose value goes through Greater.*at node "c" use one of/,
    );
  });

  it("a relaxation above such a node, which only shifts its probabilities, is served", async () => {
    assert.equal(await refusal("c=gumbel-softmax,d=lr"), "");
  });

  it("leave-one-out takes two samples by itself and refuses one", async () => {
    assert.equal(await refusal("leave-one-out"), "");
    assert.match(
      await refusal("leave-one-out", 1),
      /leave-one-out at node "c" needs at least 2 samples, got 1; set --samples 2/,
    );
  });

  it("vimco is refused for an objective of one sample", async () => {
    assert.match(await refusal("vimco"), /vimco does not serve (categorical|the objective expected-cost)/);
  });
});

describe("options that fewer distributions are served with", () => {
  it("the optimal constant is refused at a normal node with the ids that would work", async () => {
    const gaussian = defineModel("gaussian", () => {
      const mean = parameter("mean", [0.3]);
      return {
        program() {
          cost("f", tf.square(sample("z", normal({ mean, std: 1 }))).sum(-1));
        },
      };
    });
    await assert.rejects(prepare(gaussian, "gaussian.ts", { estimator: "lr-c(constant=optimal)" }), {
      code: "GL1316",
      message: /^estimator lr-c\(constant=optimal\) does not serve normal at node "z"; use one of lr, lr-c, /,
    });
  });
});

describe("options", () => {
  for (const text of [
    "gumbel-softmax(temperature=0)",
    "st-gumbel-softmax(temperature=-1)",
    "rebar(temperature=0)",
    "relax(temperature=zero)",
    "gumbel-softmax(anneal=-1)",
    "half(expansion=3)",
    "vimco(mean=harmonic)",
    "lr-c(constant=best)",
    "local-expectation(descendants=forget)",
    "rebar(learn=perhaps)",
  ]) {
    it(`${text} is refused with what is allowed`, () => {
      assert.throws(() => parseEstimator(text), { code: "GL1313", message: /needs .*, got / });
    });
  }

  for (const [text, clause] of [
    ["gumbel-softmax(learn=yes,anneal=0.1)", /learned or annealed, got learn=yes and anneal=0\.1$/],
    ["st-gumbel-softmax(learn=yes,temperature=7)", /between minimum 0\.1 and maximum 5, got 7$/],
  ] as const) {
    it(`${text} is refused with what does not fit together`, () => {
      assert.throws(() => parseEstimator(text), { code: "GL1325", message: clause });
    });
  }

  it("every option's default is one that it accepts", () => {
    for (const { id, options } of estimators)
      for (const option of options) assert.ok(option.accepts(option.default), `${id}: ${option.name}`);
  });
});
