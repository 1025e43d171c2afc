import type { Command } from "commander";
import { type DistributionDescription, distributions } from "../../core/distributions/registry";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { addRegistryCommand } from "./registryCommand";

/** `gradlens distributions`: what a model can sample and observe. */
export function addDistributions(program: Command, _: Terminal, answering: Answering): void {
  addRegistryCommand<DistributionDescription>(program, answering, {
    name: "distributions",
    description: "list the distributions of the model language",
    entries: () => distributions,
    json: (entry) => ({ ...entry }),
    columns: [{ title: "id" }, { title: "kind" }, { title: "parameters" }, { title: "summary" }],
    row: ({ id, discrete, parameters, summary }) => [
      id,
      discrete ? "discrete" : "continuous",
      parameters.join(", "),
      summary,
    ],
  });
}
