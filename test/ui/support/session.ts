import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "node:test";
import type { Page } from "playwright-core";
import { root } from "../../../scripts/lib/root";
import { startBrowser } from "../../../scripts/vscode/browser";
import { testSettings } from "../../../scripts/vscode/quietSettings";
import { startServer } from "../../../scripts/vscode/server";
import type { EditorServer } from "../../../scripts/vscode/server";
import { themes, Workbench } from "../../../scripts/vscode/workbench";
import type { ThemeName } from "../../../scripts/vscode/workbench";

export const extensionId = "gradient-lens.gradlens";

export interface SessionOptions {
  /** Folder to open; the examples when there is none. */
  readonly workspace?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** VS Code with our extension installed, and a browser that shows it. */
export interface Session {
  readonly server: EditorServer;
  readonly page: Page;
  readonly window: Workbench;
  setTheme(name: ThemeName): Promise<void>;
  /** Saves a picture of the window as `test-results/ui/<name>.png`. */
  picture(name: string): Promise<void>;
  stop(): Promise<void>;
}

let shown: Page | undefined;

afterEach(async (context) => {
  // Node's types lack it.
  const { passed, name } = context as { readonly passed?: boolean; readonly name: string };
  const path = picturePath(`failed-${name.replace(/\W+/g, "-").slice(0, 80)}`);
  if (passed === false) await shown?.screenshot({ path }).catch(() => undefined);
});

/** Opens a window. What it shows when a test fails is saved as a picture beside the others. */
export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const { workspace = join(root, "examples"), settings = {}, env = {} } = options;
  const server = await startServer({ settings: { ...testSettings, ...settings }, linked: [root], env });
  try {
    const { browser, page } = await startBrowser({ width: 1440, height: 900 });
    const window = new Workbench(page);
    await window.open(server.url({ folder: workspace }));
    await window.hasTheme("dark");
    // From then on the window knows what the extension contributes: commands, keys, views.
    await window.container("Gradient Lens").waitFor();
    shown = page;
    return {
      server,
      page,
      window,
      async setTheme(name) {
        server.set({ "workbench.colorTheme": themes[name].setting });
        await window.hasTheme(name);
      },
      async picture(name) {
        await page.mouse.move(200, 17); // an empty place: no tooltip in the picture
        await page.screenshot({ path: picturePath(name) });
      },
      async stop() {
        await browser.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Where a picture of a UI test goes. */
export function picturePath(name: string): string {
  const folder = join(root, "test-results", "ui");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
