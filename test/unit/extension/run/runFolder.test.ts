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
    "events.jsonl":
      '{"type":"start","step":0}\n{"type":"loss","step":1,"value":9}\n{"type":"loss","step":2,"value":8}\n{"type":"lo',
  });
  const record = await readRun(folder);
  assert.equal(record?.model, "sbn");
  assert.equal(record?.step, 2);
  assert.equal(record?.lastLoss, 8);
  assert.equal(record?.state, "running");
});

test("a run that was ended says how", async () => {
  const folder = await run("ended", {
    "run.json": JSON.stringify({ model: "sbn", startedAt: "2024-01-02T03:04:05.000Z" }),
    "events.jsonl": '{"type":"loss","step":7,"value":3}\n{"type":"end","step":7,"state":"finished"}\n',
  });
  const record = await readRun(folder);
  assert.equal(record?.state, "finished");
  assert.equal(record.step, 7);
  assert.equal(record.startedMs, Date.UTC(2024, 0, 2, 3, 4, 5));
});

test("folders without a readable run.json are left out", async () => {
  await run("other", { "notes.txt": "nothing" });
  await run("broken", { "run.json": "{" });
  const runs = await listRuns(root);
  assert.deepEqual(
    runs.map(({ folder }) => folder),
    [join(root, "cut"), join(root, "ended")],
  );
});

test("a parent folder that does not exist holds no runs", async () => {
  assert.deepEqual(await listRuns(join(root, "nowhere")), []);
});
