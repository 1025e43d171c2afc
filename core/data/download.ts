import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { GradlensError } from "../errors";
import { mnistFiles } from "./datasets/mnist";

/** A file to fetch; its checksum is of the unzipped content, because mirrors zip the same content differently. */
export interface DownloadFile {
  /** Path in the data folder; the last part is the name below the base URL. */
  readonly path: string;
  readonly sha256OfContent: string;
}

export interface DownloadSource {
  readonly baseUrl: string;
  readonly files: readonly DownloadFile[];
}

export interface DownloadProgress {
  readonly file: string;
  readonly fileIndex: number;
  readonly fileCount: number;
  readonly receivedBytes: number;
  /** Null when the server does not say. */
  readonly totalBytes: number | null;
}

export interface DownloadOptions {
  /** Another mirror of the same files. */
  readonly baseUrl?: string;
  /** Other files and checksums than the registry's. */
  readonly files?: readonly DownloadFile[];
  readonly signal?: AbortSignal;
  onProgress?(progress: DownloadProgress): void;
}

/** Where data sets can be fetched from, by data set id. */
export const downloadSources: Readonly<Record<string, DownloadSource>> = {
  mnist: {
    baseUrl: "https://storage.googleapis.com/cvdf-datasets/mnist/",
    files: [
      [mnistFiles.trainImages, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"],
      [mnistFiles.trainLabels, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"],
      [mnistFiles.testImages, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"],
      [mnistFiles.testLabels, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"],
    ].map(([name, sha256OfContent]) => ({ path: `mnist/${name}`, sha256OfContent: sha256OfContent as string })),
  },
};

/**
 * Fetches a data set's files into the data folder; returns the paths. Files already there with the right content are
 * left alone. A file appears under its name only once whole and checked, so a broken download leaves nothing behind.
 */
export async function downloadDataset(id: string, folder: string, options: DownloadOptions = {}): Promise<string[]> {
  const source = downloadSources[id];
  if (source === undefined) {
    throw new GradlensError(
      "GL2050",
      `data set ${id} cannot be downloaded, only ${Object.keys(downloadSources).join(", ")}; put its files into the data folder yourself`,
      { usage: true },
    );
  }
  const files = options.files ?? source.files;
  const baseUrl = (options.baseUrl ?? source.baseUrl).replace(/\/*$/, "/");
  const paths: string[] = [];
  for (const [fileIndex, file] of files.entries()) {
    const path = join(folder, file.path);
    paths.push(path);
    if (existsSync(path) && (await contentSha256(path)) === file.sha256OfContent) {
      continue;
    }
    const url = baseUrl + file.path.slice(file.path.lastIndexOf("/") + 1);
    const progress = { file: file.path, fileIndex, fileCount: files.length };
    await fetchFile(url, path, file.sha256OfContent, options, (receivedBytes, totalBytes) =>
      options.onProgress?.({ ...progress, receivedBytes, totalBytes }),
    );
  }
  return paths;
}

async function fetchFile(
  url: string,
  path: string,
  sha256: string,
  { signal }: DownloadOptions,
  onBytes: (received: number, total: number | null) => void,
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await receive(url, part, signal, onBytes);
    const found = await contentSha256(part);
    if (found !== sha256) {
      throw new GradlensError(
        "GL2053",
        `${url}: expected content with SHA-256 ${sha256}, found ${found ?? "no whole gzip file"}; try again or another mirror`,
      );
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw explain(error, url, path, signal);
  }
}

async function receive(
  url: string,
  part: string,
  signal: AbortSignal | undefined,
  onBytes: (received: number, total: number | null) => void,
): Promise<void> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new GradlensError(
      "GL2051",
      `${url}: expected the file, found HTTP status ${response.status}; try another mirror`,
    );
  }
  const encoded = response.headers.get("content-encoding") !== null;
  const total = encoded ? null : Number(response.headers.get("content-length")) || null;
  let received = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.length;
      onBytes(received, total);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(body, count, createWriteStream(part), signal === undefined ? {} : { signal });
}

/** SHA-256 of a gzip file's content, or null when it is no whole gzip file. */
async function contentSha256(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), createGunzip(), hash);
    return hash.digest("hex");
  } catch {
    return null;
  }
}

/** The sentence for whatever ended a download. */
function explain(error: unknown, url: string, path: string, signal: AbortSignal | undefined): GradlensError {
  if (signal?.aborted) {
    return new GradlensError("GL2054", `the download of ${url} was cancelled; nothing was left behind`, {
      cause: error,
    });
  }
  if (error instanceof GradlensError) {
    return error;
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (
    syscall !== undefined &&
    code !== undefined &&
    /^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EEXIST|EISDIR|EDQUOT)$/.test(code)
  ) {
    return new GradlensError(
      "GL2055",
      `${path}: expected a folder with room to write to, found ${code}; name another data folder`,
      { cause: error },
    );
  }
  const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
  return new GradlensError(
    "GL2052",
    `${url}: expected an answer, found ${cause?.code ?? code ?? "a broken connection"}; check the connection and try again`,
    { cause: error },
  );
}
