import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { lastLines, runCommand } from "../lib/command";
import { Unavailable } from "./unavailable";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

export interface BrowserSession {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
}

export interface BrowserOptions {
  readonly width?: number;
  readonly height?: number;
  /** Device pixels per pixel: 2 for pictures in documents. */
  readonly scale?: number;
  readonly context?: BrowserContextOptions;
}

/** Path of a Chromium: from `GRADLENS_CHROMIUM`, else the first known name on the PATH. */
export function findBrowser(): string | undefined {
  const given = process.env["GRADLENS_CHROMIUM"];
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = given ? [given] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable);
}

/** Path of a Chromium, which is installed first where that can be done without asking: as root, with apt. */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found) return found;
  const hint = "install Chromium (on Debian: apt-get install chromium) or set GRADLENS_CHROMIUM to its path";
  if (process.getuid?.() !== 0 || (await runCommand("apt-get", ["--version"], { quiet: true })).status !== 0) {
    throw new Unavailable(`no Chromium on the PATH; ${hint}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update", "-qq"], { env, quiet: true });
  const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
  const { output } = await runCommand("apt-get", install, { env, quiet: true });
  const installed = findBrowser();
  if (!installed) throw new Unavailable(`apt-get could not install Chromium; ${hint}:\n${lastLines(output)}`);
  return installed;
}

/** A headless Chromium with one page. */
export async function startBrowser(options: BrowserOptions = {}): Promise<BrowserSession> {
  const { width = 1280, height = 800, scale = 1, context: more = {} } = options;
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // For small /dev/shm in containers, and the same pixels on every machine.
    args: ["--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none"],
  });
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000); // a busy machine with two cores takes minutes for what takes seconds elsewhere
  return { browser, context, page };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
