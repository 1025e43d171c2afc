import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readReport } from "../../core/engine/readReport";
import { GradlensError } from "../../core/errors";
import { type ReportFormat, reportFormats } from "../../core/protocol/report";
import { renderers } from "../../core/report/formats";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";

interface ReportOptions {
  readonly format?: ReportFormat;
  readonly out?: string;
}

/** `gradlens report RUNFOLDER`: a run's diagnosis in one file. */
export function addReport(program: Command, _: Terminal, answering: Answering): void {
  const command = program
    .command("report")
    .description("a run's diagnosis as one file")
    .argument("<folder>", "run folder, also of a run that goes on or was cut off")
    .addOption(
      new Option("--format <format>", "html is one page without network or script").choices([...reportFormats]),
    )
    .option("--out <path>", "file to write, - for standard output; its ending names the format when --format does not")
    .addHelpText("after", "\nWithout --format and --out a page report.html is written into the run folder.");
  answering(command, async (folder: string, options: ReportOptions) => {
    const { out: given = "" } = options;
    const format = options.format ?? (given === "" || given === "-" ? "html" : formatOf(given));
    const report = readReport(folder);
    const { run, variance } = report;
    const text = renderers[format](report);
    if (given === "-") return { json: { ...report }, text: () => text.trimEnd() };
    const out = resolve(given === "" ? `${folder}/report.${format}` : given);
    write(out, text);
    return {
      json: { file: out, format, bytes: Buffer.byteLength(text), model: run.model, state: run.state, steps: run.step },
      text: () => `${run.model}, ${run.step} steps (${run.state}), ${variance.length} measurements: ${out}`,
    };
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new GradlensError("GL1661", `cannot write ${file}: ${(error as Error).message}; name another file`);
  }
}

function formatOf(path: string): ReportFormat {
  const format = reportFormats.find((known) => path.toLowerCase().endsWith(`.${known}`));
  if (!format)
    throw new GradlensError(
      "GL1660",
      `expected a file that ends in ${reportFormats.map((known) => `.${known}`).join(", ")}, got ${path}; or say --format`,
      { usage: true },
    );
  return format;
}
