import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import type { BackendId } from "../backends/backend";
import { backends, type ChosenBackend, useBackend } from "../backends/registry";
import type { BackendStatus } from "../protocol/engine";
import { Adam } from "../training/optimizers/adam";
import { cacheFolder } from "./cacheFolder";
import type { Prepared } from "./prepare";
import { trainStep } from "./trainStep";
import { objectiveText } from "../objectives/objective";

/** Milliseconds of a step by back end. */
type Timings = Partial<Record<BackendId, number>>;

const TOTAL_MS = 2000;
const WINDOW_MS = 250;
const MAX_STEPS = 10;
/** Plain JavaScript is timed for models of at most this many parameters × rows; beyond it takes seconds and never wins. */
const JAVASCRIPT_LIMIT = 1e6;
/** A back end further down the ladder has to be faster by this factor: ties stay ties from run to run. */
const MARGIN = 0.9;
const REMEMBERED = 100;

/**
 * Makes the back end current on which a step of this model takes least, among those that work and that `auto` may choose. At most two
 * seconds, remembered per model shape and machine in the user's cache folder. Parameters are as before; baselines and moments of
 * training are not touched. A model whose step fails gets the first back end that works. Those in `without` are left out.
 */
export async function fastestBackend(
  prepared: Prepared,
  folder = cacheFolder(),
  without: readonly string[] = [],
): Promise<ChosenBackend> {
  const key = shapeKey(prepared);
  const known = readTimings(folder)[key];
  const usable = known && only(known, without);
  if (usable && fastest(usable) !== null) {
    const chosen = await useBackend(fastest(usable)!).catch(() => null);
    if (chosen) return { ...chosen, reason: `${chosen.reason}; ${sentence(usable)}, as measured before` };
  }
  const before = prepared.instance.parameters.map(({ name, shape, variable }) => ({
    name,
    shape,
    values: variable.dataSync<"float32">().slice(),
  }));
  const timings: Timings = {};
  const refused: BackendStatus[] = [];
  const deadline = performance.now() + TOTAL_MS;
  try {
    for (const { id, title, optIn } of backends) {
      if (optIn || without.includes(id) || performance.now() > deadline || (id === "cpu" && !suitsJavaScript(prepared)))
        continue;
      try {
        await useBackend(id);
      } catch (error) {
        refused.push({ id, title, available: false, reason: (error as Error).message });
        continue;
      }
      timings[id] = leastStepMs(prepared, Math.min(WINDOW_MS, deadline - performance.now()));
    }
  } catch {
    // The model's own fault, which its first step of training will tell.
    return useBackend("auto", without);
  } finally {
    for (const { name, shape, values } of before) prepared.instance.store.assign(name, values, shape);
  }
  const best = fastest(timings);
  if (best === null) return useBackend("auto", without);
  writeTimings(folder, key, { ...known, ...timings });
  const chosen = await useBackend(best);
  return { ...chosen, reason: `${chosen.reason}; ${sentence(timings)}`, refused };
}

/** The first of the ladder that none further down beats clearly. */
export function fastest(timings: Timings): BackendId | null {
  let best: BackendId | null = null;
  for (const { id } of backends) {
    const ms = timings[id];
    if (ms !== undefined && (best === null || ms < MARGIN * timings[best]!)) best = id;
  }
  return best;
}

function only(timings: Timings, without: readonly string[]): Timings {
  return Object.fromEntries(Object.entries(timings).filter(([id]) => !without.includes(id)));
}

function leastStepMs(prepared: Prepared, windowMs: number): number {
  const { estimators } = prepared.chooseEstimators(prepared.estimatorText);
  const optimizer = new Adam();
  let least = Infinity;
  try {
    const end = performance.now() + windowMs;
    for (let step = 0; step < MAX_STEPS && (step < 2 || performance.now() < end); step++) {
      const began = performance.now();
      trainStep(prepared, estimators, optimizer, step, 1e-6);
      least = Math.min(least, performance.now() - began);
    }
  } finally {
    optimizer.dispose();
    for (const estimator of estimators.values()) estimator.dispose();
  }
  return least;
}

function suitsJavaScript({ instance, batchSize, numSamples }: Prepared): boolean {
  const size = instance.parameters.reduce((total, { variable }) => total + variable.size, 0);
  return size * batchSize * numSamples <= JAVASCRIPT_LIMIT;
}

/** What the time of a step depends on: shapes and estimators of the model, processor, versions. */
function shapeKey({ instance, batchSize, numSamples, estimatorText, objective, definition }: Prepared): string {
  const parameters = instance.parameters.map(({ name, shape }) => [name, shape]);
  const model = [definition.name, parameters, batchSize, numSamples, estimatorText, objectiveText(objective)];
  const machine = [cpus()[0]?.model, cpus().length, process.version, process.env["GRADLENS_NATIVE"] ?? "", version];
  return createHash("sha256")
    .update(JSON.stringify([model, machine]))
    .digest("hex")
    .slice(0, 24);
}

function sentence(timings: Timings): string {
  const parts = Object.entries(timings).map(([id, ms]) => `${ms.toPrecision(3)} ms on ${id}`);
  return `a step takes ${parts.join(", ")}`;
}

function readTimings(folder: string): Record<string, Timings> {
  try {
    const read: unknown = JSON.parse(readFileSync(fileIn(folder), "utf8"));
    if (typeof read !== "object" || read === null) return {};
    const sound = (timings: unknown): boolean =>
      typeof timings === "object" && timings !== null && Object.values(timings).every((ms) => typeof ms === "number");
    return Object.fromEntries(Object.entries(read).filter(([, timings]) => sound(timings))) as Record<string, Timings>;
  } catch {
    return {}; // none yet, or damaged: measured again
  }
}

/** Keeps the latest measurements; a folder that cannot be written costs another measurement next time. */
function writeTimings(folder: string, key: string, timings: Timings): void {
  const { [key]: _, ...others } = readTimings(folder);
  const kept = Object.entries(others).slice(1 - REMEMBERED);
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = `${fileIn(folder)}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(Object.fromEntries([...kept, [key, timings]])));
    renameSync(temporary, fileIn(folder));
  } catch {
    return;
  }
}

function fileIn(folder: string): string {
  return join(folder, "step-times.json");
}
