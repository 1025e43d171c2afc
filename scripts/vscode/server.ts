import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLines, runCommand } from "../lib/command";
import { serverFolder, serverMain, serverNode } from "./serverFolder";

export interface ServerOptions {
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of built extensions: installed as links, so that their files are those of the working tree. */
  readonly linked?: readonly string[];
  /** Packages to install. */
  readonly packages?: readonly string[];
  /** Variables for the server and its extension hosts. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder that keeps settings and layout; without it everything lies in a temporary folder that is removed. */
  readonly profile?: string;
}

export interface WindowAddress {
  /** Folder to open. */
  readonly folder?: string;
  /** Extension under development. */
  readonly extension?: string;
  /** Entry point of the tests to run in the extension host. */
  readonly tests?: string;
}

export interface EditorServer {
  /** Folder of this run's data: settings, logs, temporary files. */
  readonly data: string;
  readonly isAlive: () => boolean;
  /** What the server has printed. */
  readonly output: () => string;
  /** Address of a window; it holds the key without which the server answers nobody. */
  url(address: WindowAddress): string;
  /** Changes settings while a window is open; not those of the whole application (trust, telemetry, update). */
  set(changes: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Starts VS Code's server on a free port of this machine only. It ends with us, however we end. */
export async function startServer(options: ServerOptions = {}): Promise<EditorServer> {
  const temporary = options.profile === undefined;
  const data = options.profile ?? mkdtempSync(join(tmpdir(), "gradlens-"));
  const paths = prepareData(data, options);
  for (const file of options.packages ?? []) await installPackage(file, paths, temporary);
  const token = randomBytes(16).toString("hex");
  const child = spawn(
    serverNode(serverFolder),
    [
      ...["-r", join(dirname(fileURLToPath(import.meta.url)), "parentWatch.cjs"), serverMain(serverFolder)],
      ...["--host", "127.0.0.1", "--port", "0", "--connection-token", token, "--accept-server-license-terms"],
      ...["--telemetry-level", "off", ...folderOptions(paths)],
    ],
    {
      env: environment(paths, temporary, options.env),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own: server, hosts and what they fork end together
    },
  );
  const remove = (): void => {
    if (temporary) rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const emergency = (): void => {
    signalGroup(child, "SIGKILL");
    remove();
  };
  const interrupted = (_name: string, number: number): void => {
    void stop().finally(() => process.exit(process.exitCode ?? 128 + number));
  };
  process.once("exit", emergency);
  for (const name of signals) process.once(name, interrupted);

  let output = "";
  const read = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-200_000));
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const stop = async (): Promise<void> => {
    process.off("exit", emergency);
    for (const name of signals) process.off(name, interrupted);
    signalGroup(child, "SIGTERM");
    for (let i = 0; i < 50 && signalGroup(child, 0); i++)
      await new Promise((next) => setTimeout(next, i < 10 ? 20 : 100));
    emergency();
  };
  let machine: Record<string, unknown> = {};
  try {
    const authority = `127.0.0.1:${await listeningPort(child, () => output)}`;
    return {
      data,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      output: () => output,
      url: (address) => windowUrl(authority, token, address),
      set(changes) {
        machine = { ...machine, ...changes };
        writeFileSync(paths.machineSettings, JSON.stringify(machine, null, 2));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface DataPaths {
  readonly data: string;
  readonly user: string;
  readonly server: string;
  readonly extensions: string;
  readonly machineSettings: string;
}

function prepareData(data: string, { settings = {}, linked = [] }: ServerOptions): DataPaths {
  const paths = {
    data,
    user: join(data, "user"),
    server: join(data, "server"),
    extensions: join(data, "extensions"),
    machineSettings: join(data, "user", "Machine", "settings.json"),
  };
  rmSync(paths.extensions, { recursive: true, force: true });
  for (const folder of ["user/User", "user/Machine", "server", "extensions", "home", "tmp"]) {
    mkdirSync(join(data, folder), { recursive: true });
  }
  const userSettings = join(paths.user, "User", "settings.json");
  if (!existsSync(userSettings)) writeFileSync(userSettings, JSON.stringify(settings, null, 2));
  writeFileSync(paths.machineSettings, "{}");
  for (const folder of linked) {
    const text = readFileSync(join(folder, "package.json"), "utf8");
    const { publisher, name, version } = JSON.parse(text) as Record<"publisher" | "name" | "version", string>;
    symlinkSync(resolve(folder), join(paths.extensions, `${publisher}.${name}-${version}`), "dir");
  }
  return paths;
}

function folderOptions(paths: DataPaths): string[] {
  return ["--user-data-dir", paths.user, "--server-data-dir", paths.server, "--extensions-dir", paths.extensions];
}

/** Our environment without what a surrounding VS Code left in it; a temporary server has its own home folder, too. */
function environment(paths: DataPaths, temporary: boolean, extra: ServerOptions["env"] = {}): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|NODE_ENV$|npm_)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const home = temporary
    ? { HOME: join(paths.data, "home"), TMPDIR: join(paths.data, "tmp"), GRADLENS_TEMPORARY: paths.data }
    : {};
  // No gallery: nothing is looked up on the network.
  return { ...inherited, ...home, EXTENSIONS_GALLERY: "{}", ...extra };
}

/** Installs a .vsix as `code --install-extension` does. */
async function installPackage(file: string, paths: DataPaths, temporary: boolean): Promise<void> {
  const args = [serverMain(serverFolder), "--install-extension", resolve(file), "--force", ...folderOptions(paths)];
  const { output } = await runCommand(serverNode(serverFolder), args, {
    env: environment(paths, temporary),
    quiet: true,
  });
  if (!output.includes("successfully installed"))
    throw new Error(`VS Code could not install ${file}:\n${lastLines(output)}`);
}

function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const fail = (what: string): void => {
      clearInterval(poll);
      reject(new Error(`VS Code's server ${what}:\n${lastLines(output())}`));
    };
    const end = Date.now() + 60_000;
    const poll = setInterval(() => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port === undefined) return Date.now() > end ? fail("did not start within 60 s") : undefined;
      clearInterval(poll);
      return resolvePort(Number(port));
    }, 20);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (status, signal) => fail(`ended with ${status ?? signal}`));
  });
}

function windowUrl(authority: string, token: string, { folder, extension, tests }: WindowAddress): string {
  const remote = (path: string): string => `vscode-remote://${authority}${resolve(path)}`;
  const payload = [["skipWelcome", "true"]];
  if (extension) payload.push(["extensionDevelopmentPath", remote(extension)]);
  if (tests) payload.push(["extensionTestsPath", remote(tests)]);
  const query = new URLSearchParams(folder ? { folder: resolve(folder) } : { ew: "true" });
  if (extension) query.set("payload", JSON.stringify(payload));
  query.set("tkn", token);
  return `http://${authority}/?${query.toString()}`;
}

/** True when a signal could be sent to the child's process group; 0 asks whether there is one. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false;
  }
}
