import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./messages";

/** A connection to a worker engine, whatever it runs in. */
export interface Link {
  send(message: ToWorker): void;
  end(): void;
}

interface Handlers {
  readonly onMessage: (message: FromWorker) => void;
  /** Called once, when the worker has ended by itself or by `end`. */
  readonly onEnd: () => void;
}

/** The worker's program: beside the bundle, or as it is in the source tree. */
const bundled = join(__dirname, "worker.js");
const script = existsSync(bundled) ? bundled : join(__dirname, "worker.ts");

/**
 * Starts a worker engine: a thread, or a process where a library is in the way of threads. What a model prints in it is dropped, since
 * the engine that asks prints it, too.
 */
export function startWorker(kind: "thread" | "process", handlers: Handlers): Link {
  return kind === "thread" ? startThread(handlers) : startProcess(handlers);
}

/** Neither threads nor processes inherit a loader of TypeScript that was registered after the start. */
const fromSource = script.endsWith(".ts") ? ["--require", "tsx/cjs"] : null;

function startThread({ onMessage, onEnd }: Handlers): Link {
  const execArgv = fromSource ?? [];
  const worker = new Worker(script, { execArgv, stdout: true, stderr: true });
  worker.stdout.resume();
  worker.stderr.resume();
  worker.on("message", onMessage);
  worker.on("error", () => undefined); // "exit" follows
  worker.on("exit", onEnd);
  return { send: (message) => worker.postMessage(message), end: () => void worker.terminate() };
}

function startProcess({ onMessage, onEnd }: Handlers): Link {
  const child = fork(script, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    ...(fromSource ? { execArgv: fromSource } : {}),
  });
  let ended = false;
  const once = (): void => {
    if (!ended) onEnd();
    ended = true;
  };
  child.on("message", onMessage);
  child.on("error", once);
  child.on("exit", once);
  return {
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    end: () => void child.kill("SIGKILL"),
  };
}
