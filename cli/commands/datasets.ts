import type { Command } from "commander";
import type { DatasetDescription } from "../../core/data/dataset";
import { datasets } from "../../core/data/registry";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { addRegistryCommand } from "./registryCommand";

/** `gradlens datasets`: what a model can be trained on, and which files it needs. */
export function addDatasets(program: Command, _: Terminal, answering: Answering): void {
  addRegistryCommand<DatasetDescription>(program, answering, {
    name: "datasets",
    description: "list the data sets",
    entries: () => datasets,
    json: ({ id, title, summary, needsFiles }) => ({
      id,
      title,
      summary,
      needsFiles,
      builtIn: needsFiles.length === 0,
    }),
    columns: [{ title: "id" }, { title: "files" }, { title: "summary" }],
    row: ({ id, needsFiles, summary }) => [id, needsFiles.length === 0 ? "built in" : "data folder", summary],
  });
}
