import { fork, type ChildProcess } from "node:child_process";

export interface ForkOptions {
  /** The bundled engine. */
  readonly script: string;
  /** Node to run it with; the host's own when not given. */
  readonly nodePath?: string | undefined;
  readonly cwd?: string | undefined;
  /** Variables over the host's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the engine with an IPC channel that keeps typed arrays; it ends by itself when that channel closes. */
export function forkEngine({ script, nodePath, cwd, env = {} }: ForkOptions): ChildProcess {
  return fork(script, [], {
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: [],
    // Inside desktop VS Code the runtime is Electron's; this makes it behave as Node.
    env: { ...process.env, ...env, ELECTRON_RUN_AS_NODE: "1" },
    ...(nodePath === undefined ? {} : { execPath: nodePath }),
    ...(cwd === undefined ? {} : { cwd }),
  });
}
