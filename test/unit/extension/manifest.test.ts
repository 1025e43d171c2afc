import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { colorIds, commandIds, contextKeys, panelViewType, viewIds } from "../../../extension/ids";

const root = join(import.meta.dirname, "../../..");

interface Command {
  readonly command: string;
  readonly category: string;
  readonly title: string;
  readonly enablement?: string;
}
interface Menu {
  readonly command: string;
  readonly when?: string;
}
interface Setting {
  readonly type: string | string[];
  readonly scope?: string;
  readonly order?: number;
  readonly markdownDescription?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: string[];
  readonly markdownEnumDescriptions?: string[];
}
interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: string[];
  readonly extensionKind: string[];
  readonly contributes: {
    readonly commands: Command[];
    readonly menus: Readonly<Record<string, Menu[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string }; readonly completionEvents: string[] }[];
    }[];
  };
}

const text = readFileSync(join(root, "package.json"), "utf8");
const manifest = JSON.parse(text) as Manifest;
const strings = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")) as Record<string, string>;
const { contributes } = manifest;
const settings = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Record<
  string,
  Setting
>;

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

test("commands of the manifest and of the code are the same, all in one category", () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commandIds).sort());
  for (const { command, category } of contributes.commands) assert.equal(category, "Gradient Lens", command);
});

test("every command of a menu, a welcome text and a walkthrough exists", () => {
  const known = new Set<string>(Object.values(commandIds));
  const menus = Object.values(contributes.menus).flat();
  for (const { command } of menus) assert.ok(known.has(command), command);
  for (const [, command] of Object.values(strings)
    .join("\n")
    .matchAll(/\(command:(gradlens\.\w+)\)/g)) {
    assert.ok(known.has(command!), command);
  }
  const completions = contributes.walkthroughs.flatMap(({ steps }) =>
    steps.flatMap(({ completionEvents }) => completionEvents),
  );
  for (const event of completions) assert.ok(known.has(event.replace("onCommand:", "")), event);
});

test("commands that need an argument are not in the palette", () => {
  const hidden = contributes.menus["commandPalette"]?.map(({ command }) => command);
  assert.deepEqual(hidden, [
    commandIds.revealRun,
    commandIds.refreshRuns,
    commandIds.showParameter,
    commandIds.revealSource,
    commandIds.showTestResult,
  ]);
});

test("every string key of the manifest is translated, and no translation is unused", () => {
  const used = [...text.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key!);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(strings).sort());
});

test("conditions use context keys that the code sets", () => {
  const known = new Set<string>(Object.values(contextKeys));
  const conditions = [
    ...contributes.commands.map(({ enablement }) => enablement),
    ...Object.values(contributes.menus)
      .flat()
      .map(({ when }) => when),
  ];
  for (const condition of conditions) {
    for (const [key] of (condition ?? "")
      .replace(/(view|activeWebviewPanelId) == [\w.]+/g, "")
      .matchAll(/gradlens\.\w+/g))
      assert.ok(known.has(key), key);
  }
});

test("settings are described, ordered, limited, and read by the code", () => {
  const code = sources(join(root, "extension"));
  for (const [id, setting] of Object.entries(settings)) {
    assert.ok(setting.markdownDescription, id);
    assert.ok(Number.isInteger(setting.order), id);
    if (setting.type !== "string" && setting.type !== "boolean")
      assert.ok(setting.minimum !== undefined && setting.maximum !== undefined, id);
    assert.equal(setting.enum?.length, setting.markdownEnumDescriptions?.length, id);
    assert.ok(code.includes(`"${id.replace("gradlens.", "")}"`), `${id} is not read`);
  }
});

test("settings that choose what is executed are the machine's alone", () => {
  for (const id of ["gradlens.engine.backend", "gradlens.engine.nodePath"])
    assert.equal(settings[id]?.scope, "machine", id);
});

test("colours have a default for each kind of theme and are the code's", () => {
  assert.deepEqual(contributes.colors.map(({ id }) => id).sort(), Object.values(colorIds).sort());
  for (const { id, defaults } of contributes.colors) {
    assert.deepEqual(Object.keys(defaults).sort(), ["dark", "highContrast", "highContrastLight", "light"], id);
  }
});

test("views, the panel's activation event and all pictures exist", () => {
  assert.deepEqual(
    contributes.views[viewIds.container]?.map(({ id }) => id),
    [viewIds.parameters, viewIds.runs],
  );
  assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${panelViewType}`));
  assert.deepEqual(manifest.extensionKind, ["workspace"]);
  const pictures = [
    manifest.icon,
    "media/panel.svg",
    ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
  ];
  for (const picture of pictures) assert.ok(existsSync(join(root, picture)), picture);
});

test("the icon is a PNG of 128 by 128", () => {
  const png = readFileSync(join(root, manifest.icon));
  assert.deepEqual([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ["PNG", 128, 128]);
});

test("walkthrough pictures take their colours from the theme", () => {
  for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    const svg = readFileSync(join(root, media.svg), "utf8");
    assert.match(svg, /var\(--vscode-/);
    assert.doesNotMatch(svg.replace(/var\([^()]*(?:\([^()]*\)[^()]*)*\)/g, ""), /#[0-9a-f]{3,8}\b/i, media.svg);
  }
});
