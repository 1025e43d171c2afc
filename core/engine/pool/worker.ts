/** A worker engine: a thread or a process that computes chunks of diagnostics and nothing else. Ends with whoever started it. */
import { parentPort } from "node:worker_threads";
import { ChunkServer } from "./chunkServer";
import type { ToWorker } from "./messages";

if (parentPort) {
  const port = parentPort;
  const server = new ChunkServer((message) => port.postMessage(message));
  port.on("message", (message: ToWorker) => server.receive(message));
} else if (process.send) {
  const server = new ChunkServer((message) => process.send!(message, undefined, undefined, () => undefined));
  process.on("message", (message: ToWorker) => server.receive(message));
  process.on("disconnect", () => process.exit(0));
} else {
  process.stderr.write("a worker engine is started by an engine, not by hand\n");
  process.exit(2);
}
