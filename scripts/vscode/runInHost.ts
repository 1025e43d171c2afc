import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLines } from "../lib/command";
import type { CommandResult } from "../lib/command";
import { startBrowser } from "./browser";
import type { BrowserSession } from "./browser";
import { testSettings } from "./quietSettings";
import { startServer } from "./server";

export interface InHostOptions {
  /** Bundled entry point that exports `run(): Promise<void>`. */
  readonly entry: string;
  readonly extension: string;
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where a picture of the window goes when the run ends without a result. */
  readonly pictures: string;
  readonly timeoutSeconds: number;
}

/** Runs tests inside the extension host of a real VS Code, shows what they print and returns it. */
export async function runInHost(options: InHostOptions): Promise<CommandResult> {
  const exchange = join(options.pictures, "in-host");
  mkdirSync(exchange, { recursive: true });
  const files = { output: join(exchange, "output.txt"), result: join(exchange, "result.txt") };
  writeFileSync(files.output, "");
  writeFileSync(files.result, "");
  const server = await startServer({
    settings: testSettings,
    env: {
      ...options.env,
      GRADLENS_TEST_ENTRY: options.entry,
      GRADLENS_TEST_OUTPUT: files.output,
      GRADLENS_TEST_RESULT: files.result,
    },
  });
  const unfollow = follow(files.output);
  let session: BrowserSession | undefined;
  try {
    session = await startBrowser();
    const { page } = session;
    const ended = whenEnded(session, server.isAlive, options.timeoutSeconds);
    const tests = join(dirname(fileURLToPath(import.meta.url)), "inHost.cjs");
    await page.goto(server.url({ folder: options.workspace, extension: options.extension, tests }), {
      waitUntil: "domcontentloaded",
      timeout: 60_000,
    });
    const reason = await ended;
    const result = existsSync(files.result) ? readFileSync(files.result, "utf8") : "";
    if (result === "") {
      await page.screenshot({ path: join(options.pictures, "no-result.png") }).catch(() => undefined);
      console.error(`${reason}; the server's last words:\n${lastLines(server.output(), 30)}`);
    }
    unfollow();
    return { status: result === "passed" ? 0 : 1, output: readFileSync(files.output, "utf8") };
  } finally {
    unfollow();
    await session?.browser.close().catch(() => undefined);
    await server.stop();
  }
}

/** Resolves with what ended the run: VS Code's report, or something that died. */
function whenEnded({ browser, page }: BrowserSession, isAlive: () => boolean, seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    page.on("crash", () => resolve("the window crashed"));
    browser.on("disconnected", () => resolve("the browser ended"));
    setInterval(() => !isAlive() && resolve("VS Code's server ended"), 500).unref();
    setTimeout(() => resolve(`the tests did not end within ${seconds} s`), seconds * 1000).unref();
    // VS Code calls these two when it finds them on the window, as its own test runner provides them.
    const provide = async (): Promise<void> => {
      await page.exposeFunction("codeAutomationLog", () => undefined);
      await page.exposeFunction("codeAutomationExit", () => resolve("the extension host ended before the tests did"));
    };
    provide().catch(reject);
  });
}

/** Copies what is appended to a file to standard output; returns a function that copies the rest and stops. */
function follow(file: string): () => void {
  const handle = openSync(file, "r");
  const buffer = Buffer.alloc(65_536);
  let open = true;
  const copy = (): void => {
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      process.stdout.write(Buffer.from(buffer.subarray(0, read)));
    }
  };
  const timer = setInterval(copy, 100);
  return () => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    copy();
    closeSync(handle);
  };
}
