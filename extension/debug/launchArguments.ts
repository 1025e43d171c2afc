import { existsSync } from "node:fs";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { GradlensError } from "../../core/errors";
import type { TrainRequest } from "../../core/protocol/engine";

/** A configuration of launch.json as the editor hands it over; all but `program` may be left out. */
export interface LaunchArguments extends DebugProtocol.LaunchRequestArguments {
  /** FILE or FILE#EXPORT. */
  readonly program?: string;
  readonly estimator?: string;
  readonly objective?: string;
  readonly data?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly samples?: number;
  readonly learningRate?: number;
  readonly stopOnEntry?: boolean;
  /** Steps that alarms compare with. */
  readonly spikeWindow?: number;
}

const kinds = {
  estimator: "string",
  objective: "string",
  data: "string",
  seed: "number",
  steps: "number",
  epochs: "number",
  batchSize: "number",
  samples: "number",
  learningRate: "number",
  stopOnEntry: "boolean",
  spikeWindow: "number",
} as const satisfies Partial<Record<keyof LaunchArguments, "string" | "number" | "boolean">>;

export const defaultSpikeWindow = 999;

/** @throws GL8100 naming what is missing or of the wrong kind */
export function readLaunch(launch: LaunchArguments): { readonly request: TrainRequest; readonly spikeWindow: number } {
  if (typeof launch.program !== "string" || launch.program === "")
    throw new GradlensError("GL8100", 'the launch configuration needs "program", a model file or FILE#EXPORT');
  for (const [name, kind] of Object.entries(kinds)) {
    const value = launch[name as keyof typeof kinds];
    if (value !== undefined && typeof value !== kind)
      throw new GradlensError(
        "GL8100",
        `"${name}" of the launch configuration needs a ${kind}, got ${JSON.stringify(value)}`,
      );
  }
  const { spikeWindow = defaultSpikeWindow } = launch;
  if (!(Number.isSafeInteger(spikeWindow) && spikeWindow >= 1 && spikeWindow <= 100_000))
    throw new GradlensError("GL8100", `"spikeWindow" needs a whole number from 1 to 100000, got ${spikeWindow}`);
  const { program } = launch;
  const hash = program.lastIndexOf("#");
  // A path that holds the # itself is taken whole, as on the command line.
  const [file, exportName] =
    hash <= 0 || existsSync(program) ? [program, undefined] : [program.slice(0, hash), program.slice(hash + 1)];
  const { estimator, objective, data: dataset, seed, steps, epochs, batchSize, samples, learningRate } = launch;
  const given = { exportName, estimator, objective, dataset, seed, steps, epochs, batchSize, samples, learningRate };
  return {
    request: { file, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) },
    spikeWindow,
  };
}
