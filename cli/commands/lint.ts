import type { Command } from "commander";
import { settle } from "../../core/diagnostics/sliced";
import { describedSamples } from "../../core/engine/describedSamples";
import { lintModel } from "../../core/engine/lintModel";
import { guardAsync } from "../../core/engine/prepare";
import type { LintFinding } from "../../core/protocol/lints";
import { applyCheckpoint } from "../checkpoint";
import { type ModelOptions, withCheckpoint, withModelOptions } from "../modelOptions";
import { about, openModel } from "../openModel";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";

/** `gradlens lint MODEL`: what may go wrong with the estimators, at the lines that say so. */
export function addLint(program: Command, terminal: Terminal, answering: Answering): void {
  const command = withCheckpoint(
    withModelOptions(program.command("lint").description("what to know about the estimators, line by line")),
  );
  answering(command, async (reference: string, options: ModelOptions) => {
    const model = await openModel(reference, options, terminal);
    const { prepared } = model;
    const step = applyCheckpoint(options.checkpoint, prepared);
    const numSamples = describedSamples(prepared, prepared.specs, options.samples);
    const data = prepared.batch(step);
    const findings = await guardAsync(prepared.file, () => settle(lintModel({ ...prepared, data, numSamples, step })));
    return {
      json: { ...about(model, numSamples), findings },
      text: () => (findings.length === 0 ? "nothing found" : findings.map(describe).join("\n")),
    };
  });
}

function describe({ lint, severity, message, source, instead }: LintFinding): string {
  const place = source ? `${source.file}:${source.line}:${source.column}: ` : "";
  const fix = instead.length > 0 ? `; instead: ${instead.join(", ")}` : "";
  return `${place}${severity}: ${message}${fix} (${lint})`;
}
