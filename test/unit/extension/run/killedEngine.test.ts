import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBackend } from "../../../../core/backends/registry";
import { readCheckpoint, readEvents } from "../../../../core/engine/runFolder";
import { EngineClient } from "../../../../extension/engineClient";
import { Recovery } from "../../../../extension/run/recovery";
import { type LostRun, Session } from "../../../../extension/run/session";
import { twoLayerModel, Workspace } from "../../engine/support";
import { forkEngine } from "../forkEngine";

const workspace = new Workspace();
const clients: EngineClient[] = [];
after(() => {
  for (const client of clients) client.dispose();
  workspace.remove();
});

for (const backend of ["tensorflow", "webgpu"]) {
  test(`a run whose engine is killed on ${backend} goes on without it from the last checkpoint, and no step that was told of is lost`, async (context) => {
    try {
      await useBackend(backend);
    } catch (error) {
      return context.skip((error as Error).message);
    }
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const client = new EngineClient({
      fork: forkEngine,
      log: quiet,
      helloTimeoutMs: 60_000,
    });
    clients.push(client);
    const session = new Session(client);
    const until = (done: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const listening = session.onDidDelta(() => {
          if (!done()) return;
          listening.dispose();
          resolve();
        });
      });
    const file = workspace.model(`killed-${backend}`, twoLayerModel("{ steps: 1000000 }"));
    const folder = workspace.path(`killed-${backend}`);
    const begun = await session.train({ file, backend, runFolder: folder });
    assert.equal(begun.backend, backend);
    await until(() => session.snapshot!.loss.length >= 20);
    const told = new Map(session.snapshot!.loss);
    const lost = new Promise<LostRun>((resolve) => void session.onDidLose(resolve));
    process.kill(client.processId!, "SIGKILL");
    const request = new Recovery().plan(await lost);
    assert.match(session.snapshot!.message ?? "", /signal SIGKILL at step \d+; every logged step is kept/);
    assert.deepEqual([request?.resume, request?.backend, request?.without], [folder, "auto", [backend]]);
    const logged = (): ReadonlyMap<number, number> =>
      new Map(
        readEvents(folder).flatMap(({ type, step, value }) => (type === "loss" ? [[step, value as number]] : [])),
      );
    const kept = logged();
    for (const [step, value] of told) assert.equal(kept.get(step), value, `step ${step}`);
    const checkpoint = Number(readCheckpoint(folder).metadata["step"]);
    const resumed = await session.train(request!);
    assert.equal(resumed.step, checkpoint);
    assert.notEqual(resumed.backend, backend);
    const end = Math.max(...kept.keys()) + 5;
    await until(() => session.snapshot!.step >= end);
    client.dispose();
    // Steps that were taken twice, once on each back end, found the same loss to float32.
    const now = logged();
    for (const [step, value] of kept)
      assert.ok(Math.abs(now.get(step)! - value) < 1e-4 * (1 + Math.abs(value)), `step ${step}`);
  });
}
