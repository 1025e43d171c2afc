import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { GradlensError } from "../../core/errors";
import { commandIds } from "../ids";
import { offer } from "../messages";
import { withProgress } from "./withProgress";

export interface NativeServices {
  readonly log: { info(text: string): void };
  /** The extension's folder. */
  readonly extensionPath: string;
  /** Where the native engine is put, and looked for. */
  readonly nativeFolder: string;
}

/** Install Native Engine: TensorFlow's library beside the extension, in a process of its own, then a restart of the engine. */
export async function installNative(services: NativeServices): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t("TensorFlow on the processor"),
        detail: vscode.l10n.t("about 250 MB to download, 700 MB on disk; faster for wide nets"),
        flags: ["--download"],
      },
      {
        label: vscode.l10n.t("TensorFlow with CUDA"),
        detail: vscode.l10n.t("needs an NVIDIA GPU with its driver; about 600 MB to download, 1.4 GB on disk"),
        flags: ["--download", "--gpu"],
      },
      {
        label: vscode.l10n.t("WebGPU"),
        detail: vscode.l10n.t("any graphics card; about 60 MB to download; used only where back end webgpu is chosen"),
        flags: ["--webgpu"],
      },
    ],
    {
      title: vscode.l10n.t("Install Native Engine"),
      placeHolder: vscode.l10n.t(
        "Training works without it; needs npm, and on Linux without a prebuilt library Python 3 and a C++ compiler",
      ),
    },
  );
  if (!picked) return;
  const said = await withProgress(vscode.l10n.t("Installing the native engine"), (signal, report) =>
    runInstaller(services, picked.flags, signal, (line) => report(0, line)),
  );
  if (said === undefined) return;
  await offer("info", `${said}.`, {
    title: vscode.l10n.t("Restart Engine"),
    run: () => vscode.commands.executeCommand(commandIds.restartEngine),
  });
}

/** The environment in which the engine finds what was installed; a folder that a person named goes first. */
export function nativeEnvironment(nativeFolder: string): NodeJS.ProcessEnv {
  const named = process.env["GRADLENS_NATIVE"];
  return named === undefined && existsSync(join(nativeFolder, "node_modules")) ? { GRADLENS_NATIVE: nativeFolder } : {};
}

/** @returns the installer's last line */
function runInstaller(
  { log, extensionPath, nativeFolder }: NativeServices,
  flags: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<string> {
  const script = join(extensionPath, "dist", "native", "install.mjs");
  const args = [script, "--folder", nativeFolder, ...flags];
  return new Promise((resolve, reject) => {
    // A group of its own, so that npm and the compiler end with it.
    const grouped = process.platform !== "win32";
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: grouped,
    });
    let last = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        for (const line of chunk.split(/\r?\n/).filter((text) => text.trim() !== "")) {
          log.info(`native engine: ${line}`);
          onLine(line);
          last = line;
        }
      });
    const cancel = (): void => {
      if (grouped && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      else child.kill();
    };
    signal.addEventListener("abort", cancel, { once: true });
    child.once("error", (error) =>
      reject(new GradlensError("GL8070", `the installer could not be started: ${error.message}`)),
    );
    child.once("close", (status) => {
      signal.removeEventListener("abort", cancel);
      if (status === 0) resolve(last);
      else
        reject(new GradlensError("GL8071", `the native engine was not installed: ${last || `exit status ${status}`}`));
    });
  });
}
