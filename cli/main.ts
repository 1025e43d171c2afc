import { run } from "./run";
import type { Terminal } from "./terminal";

// Standard output is the answer's alone: whatever a model file prints goes to standard error.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

let answer = "";
const live = process.stderr.isTTY === true;
const clear = live ? "\r\x1b[2K" : "";
const terminal: Terminal = {
  out: (text) => void (answer += `${text}\n`),
  err: (text) => void process.stderr.write(`${clear}${text}\n`),
  status: (text) => void (live && process.stderr.write(clear + text.slice(0, (process.stderr.columns ?? 80) - 1))),
  onInterrupt(stop) {
    process.once("SIGINT", stop).once("SIGTERM", stop);
    return () => void process.off("SIGINT", stop).off("SIGTERM", stop);
  },
};

void run(process.argv.slice(2), terminal).then((exitCode) => {
  if (live) process.stderr.write(clear);
  // The process may end only when all is written: pipes hold less than a long answer.
  if (answer === "") process.exit(exitCode);
  write(answer, () => process.exit(exitCode));
});
