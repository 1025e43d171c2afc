import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { downloadPackage } from "../../../scripts/native/downloadPackage";
import { recipes } from "../../../scripts/native/recipes";

const folder = mkdtempSync(join(tmpdir(), "gradlens-native-"));
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.writeHead(404).end("none");
});

before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  process.env["TFJS_NODE_BASE_URI"] = `${host}libtensorflow-`;
  process.env["TFJS_NODE_CDN_STORAGE"] = host;
});
after(() => {
  delete process.env["TFJS_NODE_BASE_URI"];
  delete process.env["TFJS_NODE_CDN_STORAGE"];
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a host without the library ends the download with a reason in one clause", { timeout: 300_000 }, async () => {
  await assert.rejects(downloadPackage(recipes.cpu, join(folder, "refused")), (error: Error) => {
    assert.match(error.message, /^the download failed \(.+\)$/);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  assert.ok(
    asked.some((url) => url.includes("libtensorflow")),
    asked.join(" "),
  );
});
