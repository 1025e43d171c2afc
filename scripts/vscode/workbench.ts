import type { Frame, FrameLocator, Locator, Page } from "playwright-core";

/** Themes of VS Code by kind: the setting's value, and the class of the window and of a webview's body in it. */
export const themes = {
  light: { setting: "Default Light Modern", window: "vs", body: "vscode-light" },
  dark: { setting: "Default Dark Modern", window: "vs-dark", body: "vscode-dark" },
  "high-contrast": { setting: "Default High Contrast", window: "hc-black", body: "vscode-high-contrast" },
  "high-contrast-light": {
    setting: "Default High Contrast Light",
    window: "hc-light",
    body: "vscode-high-contrast-light",
  },
} as const;

export type ThemeName = keyof typeof themes;

/** Text or image that a decoration puts after a line. */
export interface LineDecoration {
  readonly text?: string;
  readonly image?: string;
  readonly color: string;
}

const started = '.monaco-workbench .part.statusbar [id="status.host"]';
const soon = { timeout: 10_000 };

/**
 * VS Code's window as a test sees it: the selectors and waits that hold. It waits for states, never for a time, addresses
 * rows and buttons by their accessible names, and types only after the target has the focus.
 */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens an address of the server and waits for the window; extensions come a little later. */
  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "domcontentloaded", timeout: 120_000 });
    await this.page.locator(started).waitFor({ timeout: 120_000 });
  }

  /** Reloads the window as a user does. VS Code's own command stores the layout first; the browser's reload does not. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("domcontentloaded", { timeout: 120_000 });
    await this.run("Developer: Reload Window");
    await loaded;
    await this.page.locator(started).waitFor({ timeout: 120_000 });
  }

  /** Runs a command of the palette by its full title, "Category: Title". */
  async run(title: string): Promise<void> {
    const exact = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
    const row = this.rows().filter({ has: this.page.locator(".label-name", { hasText: exact }) });
    await this.quickInput("F1", `>${title}`, row.first()); // F1 is no shortcut of the browser, and webviews pass it on
  }

  /** Rows of the open quick pick. */
  rows(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Chooses a row of the quick pick that an extension shows. */
  async pick(text: string | RegExp): Promise<void> {
    await this.rows().filter({ hasText: text }).first().click();
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.quickInput("Control+P", name, this.rows().filter({ hasText: name }).first());
    await this.page.getByRole("tab", { name }).first().waitFor();
    await this.editor(name).locator(".view-line").first().waitFor();
  }

  /** The text editor that shows a file. */
  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`).first();
  }

  /** A line by its text. Spaces of an editor are no-break spaces: give one word, or `\s` in an expression. */
  line(name: string, text: string | RegExp): Locator {
    return this.editor(name).locator(".view-line").filter({ hasText: text }).first();
  }

  codeLenses(name: string): Locator {
    return this.editor(name).locator(".codelens-decoration a");
  }

  /** What decorations put after lines. They have no nodes of their own, only computed style. */
  decorations(name: string): Promise<LineDecoration[]> {
    return this.editor(name)
      .locator(".view-lines")
      .evaluate((lines) =>
        [...lines.querySelectorAll('span[class*="ced-"]')].flatMap((span) => {
          const style = getComputedStyle(span, "::after");
          const text = /^"(.*)"$/s.exec(style.content)?.[1];
          const image = /^url\("(.*)"\)$/s.exec(style.content)?.[1];
          if (!text && !image) return [];
          return [{ ...(text ? { text } : {}), ...(image ? { image } : {}), color: style.color }];
        }),
      );
  }

  /** Rests the mouse on something until its hover shows. */
  async hover(target: Locator): Promise<Locator> {
    const contents = this.page.locator(".hover-row, .rendered-markdown");
    const hover = this.page.locator(".monaco-hover:visible").filter({ has: contents }).first();
    for (let attempt = 0; ; attempt++) {
      const box = await target.boundingBox();
      if (box) await this.page.mouse.move(box.x + 4, box.y + box.height / 2 + (attempt % 2), { steps: 4 });
      try {
        await hover.waitFor(soon);
        return hover;
      } catch (error) {
        if (attempt === 4) throw error;
      }
      await this.page.mouse.move(2, 2);
    }
  }

  /**
   * Content of an extension's webview.
   * @param purpose "webviewView" for one in a side bar; none for a panel
   */
  webview(extension: string, purpose?: string): FrameLocator {
    const which = purpose === undefined ? ':not([src*="purpose="])' : `[src*="purpose=${purpose}"]`;
    const outer = this.page.frameLocator(`iframe.webview.ready[src*="extensionId=${extension}"]${which}`);
    return outer.frameLocator("#active-frame");
  }

  /** The same as a frame, to evaluate in. It is another one after the webview was hidden or the window reloaded. */
  async webviewFrame(extension: string, purpose?: string): Promise<Frame> {
    const body = await this.webview(extension, purpose).locator("body").elementHandle();
    const frame = await body?.ownerFrame();
    if (!frame) throw new Error(`no webview of ${extension} is open`);
    return frame;
  }

  /** An item of the status bar by the id given to `createStatusBarItem`. */
  statusBarItem(extension: string, id: string): Locator {
    return this.page.locator(`.statusbar-item[id="${extension}.${id}"]`);
  }

  /** The entry of a view container in the activity bar. */
  container(title: string): Locator {
    const link = this.page.locator(`a[aria-label^="${title}"]`);
    return this.page.locator(".activitybar .action-item").filter({ has: link });
  }

  /** Opens a view container of the activity bar. */
  async openContainer(title: string): Promise<void> {
    const entry = this.container(title);
    await entry.waitFor();
    if (!(await entry.getAttribute("class"))?.includes("checked")) await entry.click();
    const heading = this.page.locator(".part.sidebar .composite.title");
    await heading.filter({ hasText: new RegExp(title, "i") }).waitFor();
  }

  treeItem(name: string | RegExp): Locator {
    return this.page.locator(".part.sidebar").getByRole("treeitem", { name });
  }

  /** A notification; its buttons by `getByRole("button", { name })`. */
  notification(text: string | RegExp): Locator {
    const places = ".notifications-toasts .notification-list-item, .notifications-center .notification-list-item";
    return this.page.locator(places).filter({ hasText: text });
  }

  /** A modal dialog. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator(".monaco-dialog-box").filter({ hasText: text });
  }

  /** Waits until the window has a theme. */
  async hasTheme(name: ThemeName): Promise<void> {
    await this.page.locator(`.monaco-workbench.${themes[name].window}`).waitFor();
  }

  /** The field of the open quick input. */
  input(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-box input");
  }

  /** Opens the quick input with a key and types into it; rows are another's matter. */
  async openInput(key: string, text: string): Promise<void> {
    await this.closeInput();
    await this.page.keyboard.press(key);
    await this.input().and(this.page.locator(":focus")).waitFor();
    await this.input().fill(text);
  }

  /** Closes the quick input where it is open. */
  async closeInput(): Promise<void> {
    if ((await this.input().count()) === 0) return;
    await this.page.keyboard.press("Escape");
    await this.input().waitFor({ state: "hidden" });
  }

  /**
   * Opens the quick input, goes to a row and accepts it once it is the active one. It is opened anew where it does not offer the row: what it offers
   * depends on states that come a moment later. What was accepted is never accepted again, nor closed: the command may have opened
   * an input of its own.
   */
  private async quickInput(key: string, text: string, row: Locator): Promise<void> {
    const end = Date.now() + 120_000;
    const active = row.and(this.page.locator(".focused"));
    for (;;) {
      await this.openInput(key, text);
      try {
        await row.waitFor({ timeout: 5_000 });
        for (let above = await this.rows().count(); above > 0 && !(await active.isVisible()); above--)
          await this.page.keyboard.press("ArrowDown");
        await active.waitFor({ timeout: 1_000 });
        break;
      } catch (error) {
        if (Date.now() < end) continue;
        throw new Error(`the quick input offers no "${text}"`, { cause: error });
      }
    }
    const typed = (): Promise<string | undefined> =>
      this.input().evaluateAll(([field]) => (field as HTMLInputElement | undefined)?.value);
    // The key is lost where rows are just renewed. A second one at once might accept the first row of what the command opens.
    const stays = async (): Promise<boolean> => {
      for (const late = Date.now() + 5_000; (await typed()) === text; await new Promise((next) => setTimeout(next, 50)))
        if (Date.now() > late) return true;
      return false;
    };
    do await this.page.keyboard.press("Enter");
    while (Date.now() < end && (await stays()));
  }
}
