// A graph that is no chain: a categorical node c feeds two others, each with its own cost, and a and b never meet.
// A cost is credited only to the nodes upstream of it: cost "near" to c alone, "left" to c and a, "right" to c and b.
// Run `gradlens graph teaching/dag.ts --dot` to see it.
//
// Each node may have its own estimator. Node b asks for straight-through, which is biased under its cost: `gradlens bias
// teaching/dag.ts` finds it in toB, and only there. On the command line: --estimator a=half,b=muprop-c
import { bernoulli, categorical, cost, defineModel, parameter, sample, tf } from "gradlens";

export default defineModel(
  "dag",
  () => {
    const prior = parameter("prior", [[0.2, -0.6, 0.9]]); // one variable of three categories
    const toA = parameter("toA", [1, -2, 0.5]);
    const toB = parameter("toB", [-0.4, 0.8, 1.6]);
    return {
      program() {
        const c = sample("c", categorical({ logits: prior })); // [S, B, 1, 3], one-hot
        const a = sample("a", bernoulli({ logits: c.mul(toA).sum(-1) })); // [S, B, 1]
        const b = sample("b", bernoulli({ logits: c.mul(toB).sum(-1) }), { estimator: "straight-through" });
        cost("near", c.mul([0.1, 0.7, 0.3]).sum([-2, -1]).square());
        cost("left", tf.exp(a.sub(0.3)).sum(-1));
        cost("right", b.sub(0.6).pow(4).sum(-1));
      },
    };
  },
  { estimator: "lr-c", optimizer: { id: "sgd", learningRate: 0.05 }, steps: 2000 },
);
