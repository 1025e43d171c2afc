import type { Command } from "commander";
import { probeBackends } from "../../core/backends/registry";
import type { BackendStatus } from "../../core/protocol/engine";
import type { Answering } from "../run";
import type { Terminal } from "../terminal";
import { addRegistryCommand } from "./registryCommand";

/** `gradlens backends`: tries each, and says why those that do not work were refused. */
export function addBackends(program: Command, _: Terminal, answering: Answering): void {
  addRegistryCommand<BackendStatus>(program, answering, {
    name: "backends",
    description: "try the back ends and list them, fastest first",
    entries: () => probeBackends(),
    json: ({ id, title, available, reason }) => ({ id, title, available, reason }),
    columns: [{ title: "id" }, { title: "works" }, { title: "reason" }],
    row: ({ id, available, reason }) => [id, available ? "yes" : "no", reason],
  });
}
