import type { Command } from "commander";
import type { Objective } from "../../core/objectives/objective";
import { objectives } from "../../core/objectives/registry";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { addRegistryCommand } from "./registryCommand";

/** `gradlens objectives`: what can be minimised. */
export function addObjectives(program: Command, _: Terminal, answering: Answering): void {
  addRegistryCommand<Objective>(program, answering, {
    name: "objectives",
    description: "list the objectives",
    entries: () => objectives,
    json: ({ id, title, summary, needs, additive, defaultSamples, forms = [] }) => ({
      id,
      title,
      summary,
      needs,
      multiSample: !additive,
      defaultSamples,
      forms,
    }),
    columns: [{ title: "id" }, { title: "needs" }, { title: "samples", align: "right" }, { title: "summary" }],
    row: ({ id, needs, defaultSamples, summary }) => [id, needs, String(defaultSamples), summary],
  });
}
