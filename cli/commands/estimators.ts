import type { Command } from "commander";
import type { Estimator } from "../../core/estimators/estimator";
import { estimatorAliases, estimators } from "../../core/estimators/registry";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { addRegistryCommand } from "./registryCommand";

/** `gradlens estimators`: what exists, whom it serves, when it is unbiased, what it costs. */
export function addEstimators(program: Command, _: Terminal, answering: Answering): void {
  addRegistryCommand<Estimator>(program, answering, {
    name: "estimators",
    description: "list the gradient estimators",
    entries: () => estimators,
    json: ({
      id,
      title,
      summary,
      reference,
      distributions,
      objectives,
      unbiased,
      unbiasedWhen,
      evaluations,
      ownNoise,
      options,
    }) => ({
      id,
      title,
      summary,
      aliases: aliasesOf(id),
      reference,
      distributions,
      objectives: objectives ?? "all",
      unbiased,
      unbiasedWhen,
      evaluations,
      ownNoise,
      options: options.map(({ name, summary: what, default: value, allowed }) => ({
        name,
        summary: what,
        default: value,
        allowed,
      })),
    }),
    columns: [
      { title: "id" },
      { title: "serves" },
      { title: "unbiased" },
      { title: "evaluations" },
      { title: "reference" },
    ],
    row: ({ id, distributions, unbiased, evaluations, reference }) => [
      [id, ...aliasesOf(id).map((alias) => `(= ${alias})`)].join(" "),
      distributions === "all" ? "all with a density" : shorten(distributions.join(", "), 32),
      unbiased,
      shorten(evaluations, 40),
      `${reference.authors.split(",")[0]!} et al. ${reference.year}`,
    ],
  });
}

function aliasesOf(id: string): string[] {
  return Object.entries(estimatorAliases).flatMap(([alias, target]) => (target === id ? [alias] : []));
}

/** At most `length` characters, cut at a word. */
function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[,;]?\s+\S*$/, "")} …`;
}
