import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type CheckEntry, parseChecks } from "../../checks/parseChecks";
import { GradlensError } from "../../errors";
import { checksFileName, type CheckTest, type ListedCheck, type ListedChecks } from "../../protocol/checks";
import { servingEstimators } from "../compareEstimators";
import { openTest, type TestedModel } from "./openTest";

/**
 * The tests that a checks file makes: one per check and estimator. They share the file's rate of false alarms equally;
 * the tests of a check that states a level share that instead.
 *
 * @throws GL2700 where the file does not exist, GL2701 and GL2702 where it is not understood
 */
export async function listChecks(path: string, dataFolder?: string): Promise<ListedChecks & { readonly text: string }> {
  const file = checksFile(path);
  if (!existsSync(file))
    throw new GradlensError("GL2700", `checks file ${file} does not exist; write one (docs/checks.md shows how)`, {
      usage: true,
    });
  const text = readFileSync(file, "utf8");
  const { falseAlarmRate, checks } = parseChecks(text, file);
  const named = await Promise.all(
    checks.map(async (check) => {
      const about = testedModel(check, dirname(file), dataFolder);
      try {
        return { check, about, estimators: await estimatorsOf(check, about) };
      } catch (error) {
        if (!(error instanceof GradlensError)) throw error;
        return { check, about, estimators: [], problem: error.message };
      }
    }),
  );
  // A check whose tests are not known counts as one, so that the others' rates do not hang on it.
  const sharing = named
    .filter(({ check }) => check.level === undefined)
    .reduce((total, { estimators }) => total + Math.max(1, estimators.length), 0);
  return {
    file,
    text,
    checks: named.map(({ check, about, estimators, problem }, index): ListedCheck => {
      const { model, expect, source, level } = check;
      const rate = level === undefined ? falseAlarmRate / sharing : (1 - level) / estimators.length;
      const tests = estimators.map((estimator) => testOf(check, about, estimator, rate));
      return { index, model, expect, source, tests, ...(problem === undefined ? {} : { problem }) };
    }),
  };
}

/** A folder stands for the checks file that lies in it. */
function checksFile(path: string): string {
  const whole = resolve(path);
  return statSync(whole, { throwIfNoEntry: false })?.isDirectory() ? join(whole, checksFileName) : whole;
}

function testedModel(check: CheckEntry, folder: string, dataFolder: string | undefined): TestedModel {
  const { checkpoint, objective, samples, batch, seed, dataset } = check;
  const whole = resolve(folder, check.model);
  const at = check.model.lastIndexOf("#");
  const place =
    at <= 0 || existsSync(whole)
      ? { file: whole }
      : { file: resolve(folder, check.model.slice(0, at)), exportName: check.model.slice(at + 1) };
  return {
    ...place,
    ...(checkpoint === undefined ? {} : { checkpoint: resolve(folder, checkpoint) }),
    ...(objective === undefined ? {} : { objective }),
    ...(samples === undefined ? {} : { samples }),
    ...(batch === undefined ? {} : { batchSize: batch }),
    ...(seed === undefined ? {} : { seed }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(dataFolder === undefined ? {} : { dataFolder }),
  };
}

async function estimatorsOf(check: CheckEntry, about: TestedModel): Promise<readonly (string | undefined)[]> {
  if (check.estimators !== "serving") return check.estimators ?? [undefined];
  const subject = await openTest(about);
  try {
    const serving = servingEstimators(subject.prepared).filter((id) => !check.except?.includes(id));
    if (serving.length > 0) return serving;
    throw new GradlensError("GL2703", `no estimator is left for ${check.model}; shorten its "except"`);
  } finally {
    subject.dispose();
  }
}

function testOf(
  { model, expect, margin, draws, bounds, source }: CheckEntry & Pick<ListedCheck, "source">,
  about: TestedModel,
  estimator: string | undefined,
  rate: number,
): CheckTest {
  const recorded = estimator === undefined ? Object.values(bounds ?? {})[0] : bounds?.[estimator];
  return {
    ...about,
    model,
    expect,
    rate,
    source,
    ...(estimator === undefined ? {} : { estimator }),
    ...(margin === undefined ? {} : { margin }),
    ...(draws === undefined ? {} : { draws }),
    ...(recorded === undefined ? {} : { bounds: recorded }),
  };
}
