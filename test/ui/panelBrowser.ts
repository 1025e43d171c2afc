import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { PageTheme } from "./panelPage";

const root = join(import.meta.dirname, "..", "..");
export const screenshots = join(root, "test-results", "panels");
export const themes = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "themes.json"), "utf8"),
) as Readonly<Record<string, PageTheme>>;
const origin = "http://panels.localhost";

export interface PageOptions {
  readonly theme?: string;
  readonly width?: number;
  readonly height?: number;
  /** Search part of the address: `run`, `engine`, `steps`, `interval`, `parameters`, `silent`. */
  readonly query?: Readonly<Record<string, string | number>>;
  readonly reducedMotion?: boolean;
  /** How long a wait may take. */
  readonly timeoutMs?: number;
}

/** A browser with the panels' page: the shipped sources and policy, with the editor's part played by `panelPage.ts`. */
export interface PanelBrowser {
  open(options?: PageOptions): Promise<{ readonly page: Page; readonly problems: readonly string[] }>;
  close(): Promise<void>;
}

export const tile = (page: Page, id: string): Locator => page.locator(`[data-panel="${id}"]`);

/** Hydrates the page anew with some fields of its run changed. */
export async function showRun(page: Page, changes: Partial<RunSnapshot>): Promise<void> {
  await tile(page, "loss").waitFor();
  await page.evaluate((fields) => {
    const host = window.fakeHost;
    if (host.snapshot) host.snapshot = { ...host.snapshot, ...fields };
    host.hydrate();
  }, changes);
}

export async function startPanelBrowser(): Promise<PanelBrowser> {
  mkdirSync(screenshots, { recursive: true });
  const files = new Map<string, { readonly contentType: string; readonly body: string }>();
  for (const [name, entry] of [
    ["main.js", "webview/main.ts"],
    ["page.js", "test/ui/panelPage.ts"],
  ] as const) {
    const result = await build({
      entryPoints: [join(root, entry)],
      bundle: true,
      format: "iife",
      target: "chrome122",
      write: false,
      logLevel: "silent",
    });
    files.set(`/${name}`, { contentType: "text/javascript", body: result.outputFiles[0]?.text ?? "" });
  }
  files.set("/main.css", { contentType: "text/css", body: readFileSync(join(root, "webview", "main.css"), "utf8") });
  files.set("/", {
    contentType: "text/html",
    body: `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${origin}; script-src 'nonce-test'">
  <title>Gradient Lens</title>
  <link rel="stylesheet" href="main.css">
</head>
<body>
  <main></main>
  <script nonce="test" src="page.js"></script>
  <script nonce="test" src="main.js"></script>
</body>
</html>`,
  });
  const browser = await launch();
  return {
    async open({
      theme = "dark",
      width = 1400,
      height = 900,
      query = {},
      reducedMotion = false,
      timeoutMs = 20_000,
    } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        reducedMotion: reducedMotion ? "reduce" : "no-preference",
      });
      const page = await context.newPage();
      page.setDefaultTimeout(timeoutMs);
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
      });
      await page.addInitScript((given) => void (window.pageTheme = given), themes[theme]);
      await page.route("**/*", (route) => {
        const file = files.get(new URL(route.request().url()).pathname);
        return file
          ? route.fulfill({ contentType: file.contentType, body: file.body })
          : route.fulfill({ status: 204 });
      });
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
      await page.goto(`${origin}/?${search}`);
      return { page, problems };
    },
    close: () => browser.close(),
  };
}

function launch(): Promise<Browser> {
  const executablePath = [
    process.env["CHROMIUM"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ].find((path): path is string => path !== undefined && path !== "" && existsSync(path));
  if (!executablePath) throw new Error("the panels test needs a Chromium: install it or name it in CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--force-color-profile=srgb"] });
}
