import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answer, gradlens, modelFile, refusal, teaching, temporaryFolder } from "./support";

const folder = temporaryFolder();
const oneBit = teaching("one-bit.ts");
const twoLayers = teaching("two-layers.ts");

interface Checked {
  readonly falseAlarmRate: number;
  readonly summary: Readonly<Record<"holds" | "fails" | "undecided" | "errors", number>>;
  readonly tests: readonly {
    readonly expect: string;
    readonly estimator: string;
    readonly outcome: string;
    readonly message: string;
    readonly rate: number;
    readonly bias?: { readonly parameters: readonly { readonly name: string; readonly relativeBias: number }[] };
    readonly variance?: { readonly parameters: readonly { readonly name: string; readonly variance: number }[] };
  }[];
}

function checksFile(name: string, checks: unknown, more: object = {}): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...more, checks }));
  return path;
}

test("check: all expectations hold, a positive control among them, and the exit code is 0", async () => {
  const file = checksFile("hold.json", [
    { model: oneBit, estimators: ["lr", "muprop"], expect: "unbiased" },
    { model: `${oneBit}#default`, estimators: ["half"], expect: "biased" },
    { model: twoLayers, expect: "unbiased" },
  ]);
  const { exitCode, summary, tests } = await answer<Checked>("check", file);
  assert.equal(exitCode, 0);
  assert.deepEqual(summary, { holds: 4, fails: 0, undecided: 0, errors: 0 });
  assert.deepEqual(
    tests.map(({ estimator }) => estimator),
    ["lr", "muprop", "half", "muprop-c"],
  );
});

test("check: a biased estimator fails with 10, and JUnit and JSON say by how much, as bias does", async () => {
  const file = checksFile("fail.json", [{ model: oneBit, estimators: ["lr", "half"], expect: "unbiased" }]);
  const junit = join(folder, "reports/junit.xml");
  const { exitCode, tests } = await answer<Checked>("check", file, "--junit", junit);
  assert.equal(exitCode, 10);
  const alone = await answer<{ parameters: { relativeBias: number }[] }>("bias", oneBit, "--estimator", "half");
  assert.equal(tests[1]!.bias!.parameters[0]!.relativeBias, alone.parameters[0]!.relativeBias);
  const xml = readFileSync(junit, "utf8");
  assert.match(xml, /tests="2" failures="1" errors="0" skipped="0"/);
  assert.match(
    xml,
    /<failure message="biased: theta 8\.\d+ % of the gradient, margin 0\.1 % [^"]*" type="unbiased"\/>/,
  );
});

test("check: what draws cannot tell is undecided, 11, an error in JUnit and never a pass", async () => {
  const file = checksFile("undecided.json", [
    { model: twoLayers, estimators: ["rebar"], expect: "unbiased", draws: 20 },
    { model: oneBit, expect: "unbiased" },
  ]);
  const junit = join(folder, "undecided.xml");
  const { exitCode, summary, tests } = await answer<Checked>("check", file, "--junit", junit);
  assert.equal(exitCode, 11);
  assert.deepEqual(summary, { holds: 1, fails: 0, undecided: 1, errors: 0 });
  assert.match(tests[0]!.message, /^cannot tell yet at first/);
  assert.match(readFileSync(junit, "utf8"), /failures="0" errors="1" skipped="0"[\s\S]*type="undecided"/);
});

test("check: one that cannot be made is an error of its own, 1, and the others are made", async () => {
  const throwing = modelFile(
    folder,
    "throwing.ts",
    'import { defineModel } from "gradlens";\nexport default defineModel("x", () => { throw new Error("no luck"); });\n',
  );
  const file = checksFile("error.json", [
    { model: oneBit, estimators: ["nonsense"], expect: "unbiased" },
    { model: throwing, estimators: "serving", expect: "unbiased" },
    { model: "missing.ts", expect: "unbiased" },
    { model: oneBit, expect: "unbiased" },
  ]);
  const { exitCode, summary, tests } = await answer<Checked>("check", file);
  assert.equal(exitCode, 1);
  assert.deepEqual(summary, { holds: 1, fails: 0, undecided: 0, errors: 3 });
  const messages = tests.map(({ message }) => message).join("\n");
  assert.match(messages, /nonsense/);
  assert.match(messages, /throwing\.ts:2: the model threw no luck/);
  assert.match(messages, /missing\.ts does not exist/);
});

test("check: tests share the file's rate of false alarms, but for those of a level of their own", async () => {
  const file = checksFile(
    "rates.json",
    [
      { model: oneBit, estimators: ["lr", "muprop", "half"], expect: "biased" },
      { model: twoLayers, estimators: ["lr"], expect: "unbiased" },
      { model: twoLayers, estimators: ["lr", "muprop"], expect: "unbiased", level: 0.9 },
    ],
    { falseAlarmRate: 0.04 },
  );
  const { tests, falseAlarmRate } = await answer<Checked>("check", file);
  const rates = tests.map(({ rate }) => Number(rate.toPrecision(6)));
  assert.deepEqual(rates, [0.01, 0.01, 0.01, 0.01, 0.05, 0.05]);
  assert.ok(Math.abs(falseAlarmRate - 0.14) < 1e-12);
});

test("check: serving takes all estimators that serve the model, less those left out", async () => {
  const file = checksFile("serving.json", [
    { model: oneBit, estimators: "serving", except: ["arm", "disarm", "relax", "rebar"], expect: "unbiased" },
  ]);
  const { tests, exitCode } = await answer<Checked>("check", file);
  const outcomes = new Map(tests.map(({ estimator, outcome }) => [estimator, outcome]));
  assert.equal(exitCode, 10);
  assert.equal(outcomes.get("lr"), "holds");
  assert.equal(outcomes.get("straight-through"), "fails");
  assert.ok(!outcomes.has("arm"));
});

test("check --record writes bounds beside comments; a lower bound then fails, one inside the interval is undecided", async () => {
  const path = join(folder, "recorded.json");
  const estimators = '["lr", "rebar"]';
  writeFileSync(
    path,
    `{\n  // kept\n  "checks": [\n    { "model": ${JSON.stringify(oneBit)}, "estimators": ${estimators}, "expect": "variance-below-bound" }\n  ]\n}\n`,
  );
  assert.match((await answer<Checked>("check", path)).tests[0]!.message, /no bound is recorded .* --record$/);
  assert.equal((await gradlens("check", path, "--record")).exitCode, 0);
  const text = readFileSync(path, "utf8");
  assert.match(text, /\/\/ kept/);
  const held = await answer<Checked>("check", path);
  assert.equal(held.exitCode, 0, JSON.stringify(held.tests));
  const alone = await answer<{ parameters: { monteCarlo: number }[] }>("variance", oneBit, "--draws", "5000");
  const measured = held.tests[0]!.variance!.parameters[0]!.variance;
  assert.ok(Math.abs(measured / alone.parameters[0]!.monteCarlo - 1) < 0.2, "exact and sampled variance agree");

  const { bounds } = (
    JSON.parse(text.replace("// kept", "")) as { checks: [{ bounds: Record<string, { theta: number }> }] }
  ).checks[0];
  const withBounds = (lr: number, rebar: number): string =>
    checksFile("bounds.json", [
      {
        model: oneBit,
        estimators: ["lr", "rebar"],
        expect: "variance-below-bound",
        bounds: { lr: { theta: lr }, rebar: { theta: rebar } },
      },
    ]);
  const low = await answer<Checked>("check", withBounds(0.9 * measured, bounds["rebar"]!.theta));
  assert.equal(low.exitCode, 10);
  assert.match(low.tests[0]!.message, /^above the recorded bound: theta /);
  const rebar = held.tests[1]!.variance!.parameters[0]!.variance;
  const inside = await answer<Checked>("check", withBounds(bounds["lr"]!.theta, rebar));
  assert.equal(inside.exitCode, 11);
  assert.match(inside.tests[1]!.message, /^cannot tell: theta /);
});

test("check: a checks file that is not understood is refused at its line", async () => {
  const write = (name: string, text: string): string => modelFile(folder, name, text);
  const missing = await refusal(2, "check", join(folder, "nowhere.json"));
  assert.match(missing, /nowhere\.json does not exist/);
  const broken = await refusal(2, "check", write("broken.json", '{\n  "checks": [\n    { "model" "x" }\n  ]\n}'));
  assert.match(broken, /broken\.json:3:\d+: no JSON: /);
  const empty = await refusal(2, "check", write("empty.json", ""));
  assert.match(empty, /empty\.json:1:1: no JSON/);
  const member = await refusal(
    2,
    "check",
    write("member.json", '{ "checks": [\n  { "model": "x.ts", "expect": "unbiased", "margins": 1 }\n] }'),
  );
  assert.match(member, /member\.json:2:\d+: "checks\[0\]" has no member "margins"/);
  const expectation = await refusal(
    2,
    "check",
    write("expect.json", '{ "checks": [{ "model": "x.ts", "expect": "good" }] }'),
  );
  assert.match(expectation, /must be one of unbiased, biased, variance-below-bound, got "good"/);
  const none = await refusal(2, "check", checksFile("none.json", [{ model: oneBit, expect: "unbiased" }]), "--record");
  assert.match(none, /variance-below-bound/);
});

test("check: names from a model file are text in JUnit", async () => {
  const hostile = modelFile(
    folder,
    "hostile & <b>.ts",
    readFileSync(oneBit, "utf8").replaceAll('"theta"', '"<script>\\u0001&\\""'),
  );
  const file = checksFile("hostile.json", [{ model: hostile, estimators: ["half"], expect: "unbiased" }]);
  const junit = join(folder, "hostile.xml");
  await answer<Checked>("check", file, "--junit", junit);
  const xml = readFileSync(junit, "utf8");
  assert.doesNotMatch(xml, /<script>|<b>/);
  assert.match(xml, /&lt;script&gt;|&lt;script>/);
});
