// Style is Prettier's; ESLint guards correctness and the rule of imports: which folder may use which.
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const source = ["core", "extension", "webview", "cli", "examples"].map((folder) => `${folder}/**/*.ts`);

/** The packages that a folder may import, as regular expressions; relative imports are another rule's. */
function packages(files, allowed, message) {
  const regex = `^(?!\\.)(?!(?:${allowed.join("|") || "(?!)"})$)`;
  return {
    files,
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [{ regex, message }] }] },
  };
}

const folders = (target, from, message, except = []) => ({ target, from, except, message });

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      ".cache/",
      "test-results/",
      "**/gradlens-runs/",
      "core/backends/fused/kernels/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".mjs", ".js", ".json"] })],
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
    },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "it", "describe", "suite"] },
          ],
        },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Typed arrays are read in loops whose bounds are known.
      "@typescript-eslint/no-non-null-assertion": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "import-x/no-cycle": "error",
      "no-console": "off",
    },
  },
  {
    files: source,
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            folders("core", ["extension", "webview", "cli"], "core knows no editor, panel or terminal."),
            folders("core/protocol", "core", "core/protocol imports nothing outside itself.", ["protocol"]),
            folders("extension", "core", "The extension host imports core/protocol and core/errors only.", [
              "protocol",
              "errors.ts",
            ]),
            folders("extension", ["webview", "cli"], "The extension host imports core/protocol only."),
            folders("core/charts", "core", "core/charts imports d3 only.", ["charts"]),
            folders("webview", "core", "Panels import d3, core/protocol and core/charts only.", ["protocol", "charts"]),
            folders("webview", ["extension", "cli"], "Panels import d3, core/protocol and core/charts only."),
            folders("cli", ["extension", "webview"], "The command line imports core only."),
            folders("examples", ["core", "extension", "webview", "cli"], 'Model files import from "gradlens" only.'),
            folders(
              source.map((glob) => glob.split("/")[0]),
              ["test", "bench", "scripts"],
              "The product imports no tests.",
            ),
          ],
        },
      ],
    },
  },
  packages(
    ["core/**/*.ts"],
    ["fastest-levenshtein", "fflate", "jstat", "sucrase"],
    "TensorFlow.js comes through core/backends; Node in core/backends, core/data and core/engine only.",
  ),
  packages(
    ["core/checks/**/*.ts"],
    ["ajv", "jsonc-parser"],
    "Checks are read with ajv and jsonc-parser; nothing else belongs here.",
  ),
  packages(
    ["core/data/**/*.ts", "core/engine/**/*.ts"],
    ["node:.+", "fflate", "jsep", "sucrase", "@jridgewell/trace-mapping", "@babel/parser", "jsonc-parser"],
    "TensorFlow.js comes through core/backends; nothing else belongs here.",
  ),
  packages(["core/backends/**/*.ts"], ["node:.+", "@tensorflow/.+"], "Only TensorFlow.js and Node belong here."),
  packages(["core/charts/**/*.ts", "core/report/**/*.ts"], ["d3"], "Charts and the report are drawn with d3 alone."),
  packages(["core/protocol/**/*.ts"], [], "core/protocol imports nothing outside itself."),
  packages(
    ["extension/**/*.ts"],
    ["vscode", "node:.+"],
    "The extension host imports vscode, Node and core/protocol only.",
  ),
  packages(
    ["extension/debug/**/*.ts"],
    ["vscode", "node:.+", "@vscode/debug(adapter|protocol)"],
    "The debugger imports vscode, the Debug Adapter Protocol, Node and core/protocol only.",
  ),
  packages(
    ["webview/**/*.ts"],
    ["d3(-.+)?", "@dagrejs/dagre"],
    "Panels import d3, core/protocol and core/charts only.",
  ),
  packages(
    ["cli/**/*.ts"],
    ["node:.+", "commander", "junit-report-builder"],
    "The command line imports core, commander and Node only.",
  ),
  packages(["examples/**/*.ts"], ["gradlens"], 'Model files import from "gradlens" only.'),
  {
    files: ["core/numerics/**/*.ts", "test/**/*.ts"],
    rules: { "no-loss-of-precision": "off" }, // constants as they are published
  },
  {
    files: ["core/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["window", "document", "navigator", "localStorage", "HTMLElement", "requestAnimationFrame"].map((name) => ({
          name,
          message: "core runs without a browser.",
        })),
      ],
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "Buffer",
          "setInterval",
          "clearInterval",
          "require",
          "module",
          "exports",
          "__dirname",
          "URL",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
