import { basename } from "node:path";
import { GradlensError } from "../../core/errors";
import type { ModelDescription, TrainRequest } from "../../core/protocol/engine";
import type { Ask } from "./debugHost";
import { type LaunchArguments, readLaunch } from "./launchArguments";

/** A configuration that can be started. */
export interface PreparedLaunch {
  readonly model: ModelDescription;
  readonly train: TrainRequest;
  readonly stopOnEntry: boolean;
  readonly spikeWindow: number;
}

/** Reads a configuration and finds its model. @throws GL8100 or GL8101, naming what is wrong */
export async function prepareLaunch(launch: LaunchArguments, ask: Ask): Promise<PreparedLaunch> {
  const { request, spikeWindow } = readLaunch(launch);
  const { file, dataFolder, exportName } = request;
  const { models } = await ask("describe", { file, ...(dataFolder === undefined ? {} : { dataFolder }) });
  const model = exportName === undefined ? models[0] : models.find((known) => known.exportName === exportName);
  if (!model) {
    const known = models.map((other) => other.exportName).join(", ") || "none";
    throw new GradlensError("GL8101", `${basename(file)} exports no model "${exportName}"; it exports ${known}`);
  }
  const train = { ...request, exportName: model.exportName };
  return { model, train, stopOnEntry: launch.stopOnEntry ?? false, spikeWindow };
}
