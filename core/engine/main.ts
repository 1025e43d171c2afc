/** The engine process: talks over the IPC channel of `child_process.fork` and ends with its parent. */
import { version } from "../../package.json";
import type { FromEngine, ToEngine } from "../protocol/engine";
import { EngineServer } from "./server";

const send = (message: FromEngine): void => {
  if (process.connected) process.send!(message, undefined, undefined, (error) => void (error && process.exit(0)));
};

const server = new EngineServer(send, version, (status) => process.exit(status));
process.on("message", (message: ToEngine) => void server.receive(message));
process.on("disconnect", () => process.exit(0));
if (!process.send) {
  process.stderr.write("the engine is started by the editor or the command line, not by hand\n");
  process.exit(2);
}
