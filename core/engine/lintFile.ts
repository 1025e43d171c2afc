import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import type { FileLints, LintFinding } from "../protocol/lints";
import { describedSamples } from "./describedSamples";
import { prepareAnyhow } from "./describe";
import { modelInSlices, type SliceOptions } from "./inSlices";
import { lintModel } from "./lintModel";
import { loadModelFile } from "./modelLoader";

/** Nothing trains meanwhile and nobody takes the question back. */
const alone = { signal: new AbortController().signal, busy: () => false };

/**
 * What the lints that judge by a model's text find in all models of a file, and the errors at its lines. A finding that several
 * exports share is told once. Where data stand in for those that need files, no bias is measured. Errors that concern no line, such as missing data, are left to the commands that need what is missing.
 */
export async function lintFile(
  file: string,
  dataFolder?: string,
  slices: Pick<SliceOptions, "signal" | "busy"> = alone,
): Promise<FileLints> {
  const findings = new Map<string, LintFinding>();
  const problems = new Map<string, FileLints["problems"][number]>();
  const note = (error: unknown): void => {
    if (!(error instanceof GradlensError)) throw error;
    const { code, message, source } = error;
    if (source) problems.set(`${source.line}:${code}`, { code, message, source });
  };
  try {
    const { models, file: path } = loadModelFile(file);
    for (const definition of models.values()) {
      try {
        const prepared = await prepareAnyhow(definition, path, dataFolder);
        const data = prepared.batch(0);
        try {
          const numSamples = describedSamples(prepared, prepared.specs);
          const request = { ...prepared, data, numSamples, step: 0, basis: "text" as const };
          const measure = (prepared.dataset?.id ?? null) === (definition.options.data ?? null);
          const work = lintModel({ ...request, measure });
          for (const finding of await modelInSlices(path, work, { ...slices, onProgress: () => undefined }))
            findings.set(`${finding.lint}:${finding.node}:${finding.source?.line}:${finding.message}`, finding);
        } finally {
          tf.dispose(Object.values(data));
          prepared.dispose();
        }
      } catch (error) {
        note(error);
      }
    }
  } catch (error) {
    note(error);
  }
  return { findings: [...findings.values()], problems: [...problems.values()] };
}
