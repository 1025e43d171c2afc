import { lastLines, runCommand } from "../lib/command";
import { root } from "../lib/root";

/** Runs a program whose failure ends the build; its last lines are the reason. */
export async function must(command: string, args: readonly string[], cwd = root): Promise<void> {
  const { status, output } = await runCommand(command, args, { quiet: true, cwd });
  if (status !== 0) throw new Error(`${command} failed: ${lastLines(output, 3)}`);
}
