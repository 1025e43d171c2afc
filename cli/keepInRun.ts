import type { Looked } from "../core/engine/checkBias";
import { type Logged, recordCheck } from "../core/engine/checkEvents";
import { otherSettings } from "../core/engine/otherSettings";
import { readManifest, runFolderOf } from "../core/engine/runFolder";
import { GradlensError } from "../core/errors";
import type { ModelOptions } from "./modelOptions";
import type { OpenModel } from "./openModel";
import type { Terminal } from "./terminal";

/** What a command looked at, as a check of the editor names it. */
export function looked({ prepared, exportName }: OpenModel, { checkpoint }: ModelOptions, step: number): Looked {
  return { prepared, exportName, at: checkpoint === undefined ? "initial" : "checkpoint", step };
}

/**
 * Keeps what was found at a run's checkpoint in the log of that run, so that its report shows it. What is about other settings than the
 * run's is not kept, and a folder that cannot be written does not take the answer away: both are told.
 */
export function keepInRun(
  found: Logged,
  { prepared }: OpenModel,
  { checkpoint }: ModelOptions,
  step: number,
  terminal: Terminal,
): void {
  const folder = checkpoint === undefined ? null : runFolderOf(checkpoint);
  if (folder === null) return;
  try {
    const others = otherSettings(prepared, readManifest(folder));
    if (others.length > 0)
      terminal.err(
        `note: not kept in ${folder}, whose settings are others: ${others.join(", ")}; give the run's to keep it`,
      );
    else recordCheck(folder, found, step);
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    terminal.err(`note: not kept in the run folder: ${error.message}`);
  }
}
