import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { downloadDataset, type DownloadFile } from "../../../core/data/download";
import { sentence, withFolder } from "./support";

const contents: Readonly<Record<string, Buffer>> = {
  "a.gz": Buffer.from("first file"),
  "b.gz": Buffer.alloc(300_000, "x"),
};

const files: readonly DownloadFile[] = Object.entries(contents).map(([name, content]) => ({
  path: `mnist/${name}`,
  sha256OfContent: createHash("sha256").update(content).digest("hex"),
}));

async function withServer(answer: RequestListener, use: (baseUrl: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/data`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

const serve: RequestListener = (request, response) => {
  const body = gzipSync(contents[request.url?.split("/").pop() ?? ""] ?? "");
  response.setHeader("content-length", body.length);
  response.end(body);
};

test("a download fetches, checks and names the files, tells its progress, and fetches nothing twice", () =>
  withFolder(async (folder) => {
    let requests = 0;
    const counted: RequestListener = (request, response) => {
      requests++;
      serve(request, response);
    };
    await withServer(counted, async (baseUrl) => {
      const seen: number[] = [];
      const onProgress = (progress: { fileIndex: number; receivedBytes: number; totalBytes: number | null }) => {
        assert.ok(progress.totalBytes !== null && progress.receivedBytes <= progress.totalBytes);
        seen.push(progress.fileIndex);
      };
      const paths = await downloadDataset("mnist", folder, { baseUrl, files, onProgress });
      assert.deepEqual(paths, [join(folder, "mnist", "a.gz"), join(folder, "mnist", "b.gz")]);
      assert.deepEqual(await readFile(paths[0] as string), gzipSync(contents["a.gz"] as Buffer));
      assert.deepEqual((await readdir(join(folder, "mnist"))).sort(), ["a.gz", "b.gz"]);
      assert.deepEqual([...new Set(seen)], [0, 1]);
      await downloadDataset("mnist", folder, { baseUrl, files });
      assert.equal(requests, 2);
      await writeFile(paths[1] as string, "broken");
      await downloadDataset("mnist", folder, { baseUrl, files });
      assert.equal(requests, 3);
    });
  }));

async function failsAndLeavesNothing(answer: RequestListener, code: string, ...words: string[]): Promise<void> {
  await withFolder((folder) =>
    withServer(answer, async (baseUrl) => {
      await assert.rejects(downloadDataset("mnist", folder, { baseUrl, files }), sentence(code, ...words));
      assert.deepEqual(await readdir(join(folder, "mnist")), []);
    }),
  );
}

test("a server without the file is told by its status", () =>
  failsAndLeavesNothing((_, response) => response.writeHead(404).end("no"), "GL2051", "a.gz", "404"));

test("other content than expected is told and thrown away", () =>
  failsAndLeavesNothing((_, response) => response.end(gzipSync("another file")), "GL2053", "a.gz", "SHA-256"));

test("a page in a file's place is told and thrown away", () =>
  failsAndLeavesNothing((_, response) => response.end("<html>"), "GL2053", "no whole gzip file"));

test("a connection that breaks half way is told and leaves nothing", () =>
  failsAndLeavesNothing(
    (_, response) => {
      response.setHeader("content-length", 1000);
      response.write("part of it", () => response.destroy());
    },
    "GL2052",
    "a.gz",
    "try again",
  ));

test("a server that does not answer is told", () =>
  withFolder(async (folder) => {
    const options = { baseUrl: "http://127.0.0.1:9", files };
    await assert.rejects(downloadDataset("mnist", folder, options), sentence("GL2052", "http://127.0.0.1:9/a.gz"));
  }));

test("a cancelled download stops and leaves nothing", () =>
  withFolder((folder) =>
    withServer(
      (_, response) => {
        response.write("beginning");
      },
      async (baseUrl) => {
        const controller = new AbortController();
        const options = { baseUrl, files, signal: controller.signal, onProgress: () => controller.abort() };
        await assert.rejects(downloadDataset("mnist", folder, options), sentence("GL2054", "cancelled"));
        assert.deepEqual(await readdir(join(folder, "mnist")), []);
      },
    ),
  ));

test("a data folder that is a file is told", () =>
  withFolder((folder) =>
    withServer(serve, async (baseUrl) => {
      await writeFile(join(folder, "mnist"), "");
      await assert.rejects(
        downloadDataset("mnist", folder, { baseUrl, files }),
        sentence("GL2055", join(folder, "mnist")),
      );
    }),
  ));

test("a data set that cannot be downloaded is told with those that can", async () => {
  await assert.rejects(downloadDataset("wdbc", "."), sentence("GL2050", "wdbc", "mnist"));
});
