import { spawn } from "node:child_process";
import { root } from "./root";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Collect the output without showing it. */
  readonly quiet?: boolean;
}

export interface CommandResult {
  /** 0 when it succeeded; 1 when it did not start or was killed. */
  readonly status: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** Runs a program, shows its output as it comes and returns it. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd = root, env = process.env, quiet = false } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const end = (): void => void child.kill();
    process.once("exit", end);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (!quiet) process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (!quiet) process.stderr.write(chunk);
    });
    const finish = (status: number, text = ""): void => {
      process.off("exit", end);
      resolve({ status, output: Buffer.concat(chunks).toString() + text });
    };
    child.once("error", (error) => finish(1, error.message));
    child.once("close", (code) => finish(code ?? 1));
  });
}

/** Runs a JavaScript or TypeScript file on the Node that runs us. */
export function runNode(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return runCommand(process.execPath, args, options);
}

/** Runs npm: the one that started us, when there is one. */
export function runNpm(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  const npm = process.env["npm_execpath"];
  return npm?.endsWith(".js") ? runNode([npm, ...args], options) : runCommand("npm", args, options);
}

/** The last lines of an output, for an error message. */
export function lastLines(output: string, count = 15): string {
  return output.trimEnd().split("\n").slice(-count).join("\n");
}
