import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OptimizerOptions } from "../model/defineModel";
import type { RunSnapshot } from "../protocol/snapshot";
import type { Prepared } from "./prepare";

/** The model's graph with every node's estimator. */
export function labelledGraph(prepared: Prepared, specs: Prepared["specs"]): RunSnapshot["graph"] {
  const { nodes, edges } = prepared.structure.graph;
  return {
    nodes: nodes.map((node) =>
      node.kind === "stochastic" && specs.has(node.name) ? { ...node, estimator: specs.get(node.name)!.text } : node,
    ),
    edges,
  };
}

/** For example "sgd (learning rate 0.01, momentum 0.9)". */
export function optimizerText({ id, learningRate: _, ...rest }: OptimizerOptions, rate: number): string {
  const options = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `, ${name} ${value}`);
  return `${id} (learning rate ${rate}${options.join("")})`;
}

/** The model file's text, empty when it can no longer be read. */
export function modelText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

let runs = 0;

/** A run's name, unlike that of any other of this machine: NAME-TIME-PROCESS, with a count after the first of a process. */
export function newRunId(model: string): string {
  const count = ++runs;
  return `${model}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}-${process.pid}${count === 1 ? "" : `-${count}`}`;
}

/** The folder of a new run beside a workspace: gradlens-runs/RUN. */
export function defaultRunFolder(base: string, runId: string): string {
  return join(base, "gradlens-runs", runId);
}
