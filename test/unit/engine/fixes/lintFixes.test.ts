import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFixes } from "../../../../core/engine/fixes/lintFixes";
import { applyEdits } from "../../../../core/engine/fixes/textEdit";
import type { LintFinding } from "../../../../core/protocol/lints";

/** The finding at the line that holds `at`. */
function finding(text: string, at: string, more: Partial<LintFinding> = {}): LintFinding {
  const line = text.split("\n").findIndex((candidate) => candidate.includes(at)) + 1;
  assert.ok(line > 0, at);
  const source = { file: "model.ts", line, column: 1 };
  return { lint: "l", severity: "warning", message: "m", node: "h", instead: ["muprop-c"], source, ...more };
}

/** Titles with the texts that they lead to. */
function fixed(text: string, found: LintFinding): Record<string, string> {
  return Object.fromEntries(
    lintFixes(text, true, found).map(({ title, edits }) => [title, applyEdits(text, edits)] as const),
  );
}

const head = `import { bernoulli, defineModel, sample } from "gradlens";\n`;
const model = (call: string, options = ""): string =>
  `${head}export default defineModel("m", () => ({\n  program() {\n    ${call};\n  },\n})${options});\n`;
const here = `Use "muprop-c" at node "h"`;

/** A call before and after "use muprop-c here". */
const calls: readonly (readonly [name: string, before: string, after: string])[] = [
  ["no options", `sample("h", bernoulli({ logits }))`, `sample("h", bernoulli({ logits }), { estimator: "muprop-c" })`],
  ["an option", `sample("h", d, { estimator: "half" })`, `sample("h", d, { estimator: "muprop-c" })`],
  ["its quotes", `sample('h', d, { estimator: 'half' })`, `sample('h', d, { estimator: 'muprop-c' })`],
  ["a template", "sample(`h`, d, { estimator: `half` })", "sample(`h`, d, { estimator: `muprop-c` })"],
  ["a quoted key", `sample("h", d, { "estimator": "half" })`, `sample("h", d, { "estimator": "muprop-c" })`],
  [
    "types",
    `sample("h", d as D<"a">, { estimator: "half" } as const)`,
    `sample("h", d as D<"a">, { estimator: "muprop-c" } as const)`,
  ],
  [
    "typed results",
    `const z: tf.Tensor = sample("h", d!)`,
    `const z: tf.Tensor = sample("h", d!, { estimator: "muprop-c" })`,
  ],
  ["parentheses", `sample("h", (d))`, `sample("h", (d), { estimator: "muprop-c" })`],
  ["a trailing comma", `sample("h", d,)`, `sample("h", d, { estimator: "muprop-c" },)`],
  ["an empty object", `sample("h", d, {})`, `sample("h", d, { estimator: "muprop-c" })`],
  ["other options", `sample("h", d, { other: 1, })`, `sample("h", d, { other: 1, estimator: "muprop-c", })`],
  ["a variable", `sample("h", d, options)`, `sample("h", d, { ...options, estimator: "muprop-c" })`],
  ["a spread", `sample("h", d, { ...options })`, `sample("h", d, { ...options, estimator: "muprop-c" })`],
  ["a comment", `sample("h", d /* bits, all */)`, `sample("h", d, { estimator: "muprop-c" } /* bits, all */)`],
  [
    "lines of their own",
    `sample(\n      "h",\n      bernoulli({ logits }), // the bits, all\n    )`,
    `sample(\n      "h",\n      bernoulli({ logits }), // the bits, all\n      { estimator: "muprop-c" },\n    )`,
  ],
  [
    "lines without a last comma",
    `sample(\n      "h",\n      d // bits\n    )`,
    `sample(\n      "h",\n      d, // bits\n      { estimator: "muprop-c" }\n    )`,
  ],
  [
    "a comment over lines",
    `sample("h", d, {\n      other: 1, /* a\n      b */\n    })`,
    `sample("h", d, {\n      other: 1, /* a\n      b */\n      estimator: "muprop-c",\n    })`,
  ],
];

for (const [name, before, after] of calls) {
  test(`another estimator at a call with ${name}`, () => {
    const text = model(before);
    const found = finding(text, "sample(");
    // The line of `sample` itself.
    const at = { ...found, source: { ...found.source!, line: 4 } };
    assert.equal(fixed(text, at)[here], model(after));
    const [first] = lintFixes(text, true, at);
    assert.equal(first!.preferred, true);
  });
}

test("what the text computes is left alone", () => {
  for (const call of [
    `sample("h", d, { estimator })`,
    `sample("h", d, { estimator: fast ? "half" : "lr" })`,
    `sample("h", d, { estimator: \`\${kind}\` })`,
    `sample("h", d, { estimator: "half", ...options })`,
    `sample("h", d, make())`,
    `sample(...args)`,
    `sample("other", d)`,
    `other("h", d)`,
  ]) {
    const text = model(call, `, { batchSize: 2 }`).replace("sample }", "sample, other }");
    const fixes = lintFixes(text, true, { ...finding(text, "program"), source: { file: "", line: 4, column: 1 } });
    for (const { edits } of fixes) assert.ok(applyEdits(text, edits).includes(call), call);
  }
});

test("a name that the text computes is named in the model's option", () => {
  const text = model("sample(`h${i}`, d)", `, { estimator: "h0=half,lr" }`);
  const found = finding(text, "sample(`", { node: "h0" });
  assert.deepEqual(Object.values(fixed(text, found)), [text.replace("h0=half,lr", "h0=muprop-c,lr")]);
  const other = { ...found, node: "h1" };
  assert.deepEqual(Object.values(fixed(text, other)), [text.replace("h0=half,lr", "h0=half,lr,h1=muprop-c")]);
  const none = model("sample(`h${i}`, d)");
  assert.deepEqual(Object.values(fixed(none, finding(none, "sample(`", { node: "h0" }))), [
    model("sample(`h${i}`, d)", `, { estimator: "h0=muprop-c" }`),
  ]);
});

test("the model's option that names the node is changed there", () => {
  const text = model(`sample("h", d)`, `, { estimator: "g=lr, h=gumbel-softmax(temperature=0.5),half" }`);
  const found = finding(text, `sample("h"`);
  assert.equal(
    fixed(text, found)[here],
    text.replace("g=lr, h=gumbel-softmax(temperature=0.5),half", "g=lr,h=muprop-c,half"),
  );
});

test("an estimator that serves every node is offered for the whole model too", () => {
  const text = model(`sample("h", d)`, `, { batchSize: 2, estimator: "half" }`);
  const found = finding(text, `sample("h"`, { everywhere: ["muprop-c"] });
  assert.deepEqual(fixed(text, found), {
    [here]: text.replace(`"h", d`, `"h", d, { estimator: "muprop-c" }`),
    [`Use "muprop-c" in the whole model`]: text.replace(`"half"`, `"muprop-c"`),
  });
  assert.deepEqual(
    lintFixes(text, true, found).map(({ preferred }) => preferred),
    [true, false],
  );
});

test("the option goes where the model's estimator would do", () => {
  const title = `Remove the estimator option of node "h": the model's muprop-c then stands here`;
  const text = model(`sample("h", d, { estimator: "half" })`, `, { estimator: "muprop-c" }`);
  assert.equal(fixed(text, finding(text, `sample("h"`))[title], model(`sample("h", d)`, `, { estimator: "muprop-c" }`));
  const more = model(`sample("h", d, { estimator: "half", other: 1 })`, `, { estimator: "muprop-c" }`);
  assert.equal(
    fixed(more, finding(more, `sample("h"`))[title],
    model(`sample("h", d, { other: 1 })`, `, { estimator: "muprop-c" }`),
  );
  const commented = model(`sample("h", d, { /* why */ estimator: "half" })`, `, { estimator: "muprop-c" }`);
  assert.equal(fixed(commented, finding(commented, `sample("h"`))[title], undefined);
  const other = model(`sample("h", d, { estimator: "half" })`, `, { estimator: "darn" }`);
  assert.deepEqual(Object.keys(fixed(other, finding(other, `sample("h"`))), [here]);
});

test("an option of the model is set, or added", () => {
  const set = `Set samples to 1 in the model`;
  const text = model(`sample("h", d)`, `, {\n  objective: "iwae",\n  samples: 3, // of every example\n}`);
  const found = (of: string): LintFinding => finding(of, `sample("h"`, { instead: [], options: { samples: 1 } });
  assert.deepEqual(fixed(text, found(text)), { [set]: text.replace("samples: 3", "samples: 1") });
  const none = model(`sample("h", d)`, `, {\n  objective: "iwae", // bound\n}`);
  assert.deepEqual(fixed(none, found(none)), {
    [set]: none.replace("// bound\n", "// bound\n  samples: 1,\n"),
  });
  const computed = model(`sample("h", d)`, `, { samples: K }`);
  assert.deepEqual(fixed(computed, found(computed)), {});
});

test("of several models in a file the one is changed whose call it is", () => {
  const one = (name: string): string =>
    `export const ${name} = defineModel("${name}", () => ({ program() {\n  sample("h", d);\n} }), { estimator: "half" });\n`;
  const text = head + one("a") + one("b");
  const second = text.split("\n").findLastIndex((line) => line.includes("sample(")) + 1;
  const found = finding(text, "sample(", { everywhere: ["muprop-c"] });
  const result = fixed(text, { ...found, source: { ...found.source!, line: second } });
  assert.equal(result[here], head + one("a") + one("b").replace(`"h", d`, `"h", d, { estimator: "muprop-c" }`));
  assert.equal(result[`Use "muprop-c" in the whole model`], head + one("a") + one("b").replace(`"half"`, `"muprop-c"`));
});

test("other names of the functions are followed, functions of the same name are not", () => {
  const renamed = `import { sample as draw } from "gradlens";\nfunction sample() {}\nsample("h", d); draw("h", d);\n`;
  assert.equal(
    fixed(renamed, finding(renamed, `draw("h"`))[here],
    renamed.replace(`draw("h", d)`, `draw("h", d, { estimator: "muprop-c" })`),
  );
  const whole = `import * as g from "gradlens";\ng.sample("h", d);\n`;
  assert.equal(
    fixed(whole, finding(whole, "g.sample"))[here],
    whole.replace(`("h", d)`, `("h", d, { estimator: "muprop-c" })`),
  );
});

test("Windows line ends stay", () => {
  const text = model(`sample(\n      "h",\n      d,\n    )`).replace(/\n/g, "\r\n");
  const found = finding(text.replace(/\r/g, ""), "sample(\n".trim());
  const result = fixed(text, { ...found, source: { ...found.source!, line: 4 } })[here]!;
  assert.equal(result.replace(/\r\n/g, ""), result.replace(/[\r\n]/g, ""));
  assert.ok(result.includes(`d,\r\n      { estimator: "muprop-c" },\r\n`));
});

test("a text that does not parse has no fixes", () => {
  assert.deepEqual(lintFixes(`${head}sample("h", d`, true, finding(`${head}sample("h", d`, `sample("h"`)), []);
});
