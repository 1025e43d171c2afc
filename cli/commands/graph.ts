import type { Command } from "commander";
import type { GraphNode, ModelGraph } from "../../core/protocol/graph";
import { formatShape } from "../../core/format";
import { graphToDot } from "../graphToDot";
import { type ModelOptions, withModelOptions } from "../modelOptions";
import { openModel } from "../openModel";
import type { Answering } from "../run";
import { table } from "../table";
import type { Terminal } from "../terminal";

/** `gradlens graph MODEL`: nodes and edges of the computation graph, also as Graphviz DOT. */
export function addGraph(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withModelOptions(program.command("graph").description("the model's computation graph")).option(
    "--dot",
    "in Graphviz's language",
  );
  answering(command, async (reference: string, options: ModelOptions & { readonly dot?: boolean }) => {
    const { prepared } = await openModel(reference, options, terminal);
    const { nodes, edges } = prepared.structure.graph;
    const graph: ModelGraph = {
      nodes: nodes.map((node) => {
        const estimator = node.kind === "stochastic" ? prepared.specs.get(node.name)?.text : undefined;
        return { ...node, ...(estimator === undefined ? {} : { estimator }) };
      }),
      edges,
    };
    const { name } = prepared.definition;
    return {
      json: { model: name, ...graph, ...(options.dot ? { dot: graphToDot(name, graph) } : {}) },
      text: () => (options.dot ? graphToDot(name, graph) : listing(graph)),
    };
  });
}

function listing({ nodes, edges }: ModelGraph): string {
  const parents = (name: string): string => edges.flatMap(({ from, to }) => (to === name ? [from] : [])).join(", ");
  const source = ({ source: at }: GraphNode): string => (at ? `${at.file.split("/").at(-1)!}:${at.line}` : "");
  return table(
    [
      { title: "node" },
      { title: "kind" },
      { title: "distribution" },
      { title: "estimator" },
      { title: "shape" },
      { title: "from" },
      { title: "source" },
    ],
    nodes.map((node) => [
      node.name,
      node.kind,
      node.distribution ?? "",
      node.estimator ?? "",
      formatShape(node.shape),
      parents(node.name),
      source(node),
    ]),
  );
}
