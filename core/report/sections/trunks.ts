import { formatInterval, formatNumber, formatShare } from "../../format";
import type { RolloutRecord } from "../../protocol/trunks";
import type { ReportedTrunks } from "../report";
import type { Part, Section } from "../section";
import { facts, table } from "../table";

/** Mean-field beside sampled passes, and what a rollout would do. */
export const trunksSection: Section = {
  id: "trunks",
  title: "Trunks and rollout",
  about:
    "Mean-field pass beside sampled passes of one example, with what MuProp's expansion leaves of each node's cost; and the variance with a rollout over that without, at what cost.",
  none: "Neither was looked at; gradlens trunks --checkpoint does.",
  parts: ({ trunks, rollouts }) => [...trunks.map(trunkPart), ...rollouts.map(rolloutPart)],
};

function trunkPart({ step, example, samples, layers, ...losses }: ReportedTrunks): Part {
  const { meanFieldLoss, sampledLoss, sampledLossStandardError } = losses;
  return {
    title: `Example ${example} at step ${step}`,
    picture: null,
    below: [
      facts([
        ["Mean-field loss", `${formatNumber(meanFieldLoss)} nats`],
        ["Sampled loss", `${formatNumber(sampledLoss)} ± ${formatNumber(1.96 * sampledLossStandardError)} nats (95 %)`],
        ["Sampled passes", String(samples)],
      ]),
      table(
        `Layers of example ${example} at step ${step}`,
        [
          { title: "node", words: true },
          { title: "distance of the means" },
          { title: "standard error" },
          { title: "f(x̄)" },
          { title: "f(x)" },
          { title: "SD" },
          { title: "residual" },
          { title: "SD" },
          { title: "variance foreseen" },
        ],
        layers.map(({ node, distance, distanceNoise, expansion: e }) => [
          ...[node, distance, distanceNoise],
          ...(e
            ? [e.meanFieldCost, e.cost, e.costDeviation, e.residual, e.residualDeviation, e.explained]
            : ["", "", "", "", "", ""]),
        ]),
      ),
    ],
  };
}

function rolloutPart({ step, refusal, whole, parameters, level, pays, ...cost }: RolloutRecord): Part {
  const title = `Rollout at step ${step}`;
  if (refusal !== null || !whole) return { title, picture: null, below: [facts([["Not measured", refusal ?? ""]])] };
  const answer = pays === null ? "the intervals do not tell" : pays ? "yes" : "no";
  return {
    title,
    picture: null,
    below: [
      facts([
        ["It pays", answer],
        ["Time over that without", `${formatNumber(cost.secondsRatio)} ${formatInterval(cost.secondsInterval)}`],
        ["Evaluations over those without", formatNumber(cost.evaluationsRatio)],
      ]),
      table(
        `Variance with a rollout at step ${step}; intervals at ${formatShare(level)}`,
        [
          { title: "parameter", words: true },
          { title: "MuProp" },
          { title: "with rollout" },
          { title: "ratio" },
          { title: "interval" },
        ],
        [{ name: "all parameters", ...whole }, ...parameters].map(({ name, muprop, rollout, ratio, interval }) => [
          ...[name, muprop, rollout, ratio, interval],
        ]),
      ),
    ],
  };
}
