import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listRuns, readRun } from "../../../../extension/run/runFolder";

let root = "";

before(async () => {
  root = await mkdtemp(join(tmpdir(), "gradlens-runs-"));
});

after(async () => {
  await rm(root, { recursive: true });
});

async function run(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

test("a run is read from run.json and the end of its event log, a cut last line included", async () => {
  const folder = await run("cut", {
    "run.json": JSON.stringify({ model: "sbn", file: "/models/sbn.ts", exportName: "default", estimator: "nvil" }),
    "events.jsonl": '{"step":1,"loss":9}\n{"step":2,"loss":8}\n{"step":3,"lo',
  });
  const record = await readRun(folder);
  assert.equal(record?.model, "sbn");
  assert.equal(record?.step, 2);
  assert.equal(record?.lastLoss, 8);
});

test("folders without a readable run.json are left out", async () => {
  await run("other", { "notes.txt": "nothing" });
  await run("broken", { "run.json": "{" });
  const runs = await listRuns(root);
  assert.deepEqual(
    runs.map(({ folder }) => folder),
    [join(root, "cut")],
  );
});

test("a parent folder that does not exist holds no runs", async () => {
  assert.deepEqual(await listRuns(join(root, "nowhere")), []);
});
