import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { readEvents } from "../../../core/engine/runFolder";
import { crc32c, maskedCrc32c } from "../../../core/engine/tfRecord";
import { start, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

interface Scalar {
  readonly step: number;
  readonly tag: string;
  readonly value: number;
}

test("CRC-32C gives the check values of RFC 3720, and the mask that TensorFlow adds", () => {
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  const crc = crc32c(new TextEncoder().encode("foo"));
  assert.equal(maskedCrc32c(new TextEncoder().encode("foo")), (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
});

test("a run's folder holds its losses, evaluations, variances and ratios as TensorBoard scalars, also after a resume", async () => {
  const file = join(import.meta.dirname, "../../fixtures/models/beliefNet.ts");
  const folder = workspace.path("run");
  for (const request of [
    { file, steps: 6, runFolder: folder },
    { file, steps: 9, resume: folder },
  ]) {
    const run = await start({ ...request, backend: "wasm", diagnosticsInterval: 3 });
    await run.run();
    run.dispose();
  }
  const files = readdirSync(folder)
    .filter((name) => name.startsWith("events.out.tfevents."))
    .sort();
  assert.ok(files.length >= 1);
  const decoded = files.flatMap((name) => decodeEventFile(readFileSync(join(folder, name))));
  assert.deepEqual(
    decoded.filter(({ version }) => version !== undefined).map(({ version }) => version),
    ["brain.Event:2", "brain.Event:2"],
  );
  assert.deepEqual(
    decoded.filter(({ sessionStart }) => sessionStart).map(({ step }) => step),
    [1, 7],
  );
  const scalars = decoded.flatMap(({ step, scalar }): Scalar[] => (scalar ? [{ step, ...scalar }] : []));
  const of = (tag: string): (readonly [number, number])[] =>
    scalars.filter((scalar) => scalar.tag === tag).map(({ step, value }) => [step, value]);
  const events = readEvents(folder);
  assert.deepEqual(
    of("loss"),
    events.filter(({ type }) => type === "loss").map(({ step, value }) => [step, Math.fround(value as number)]),
  );
  for (const { step, name, value } of events.filter(({ type }) => type === "evaluation")) {
    assert.ok(of(name as string).some(([at, found]) => at === step && found === Math.fround(value as number)));
  }
  const measured = events.filter(({ type }) => type === "variance");
  assert.ok(measured.length >= 2);
  for (const { step, parameters } of measured) {
    for (const { name, monteCarlo, data, snr } of parameters as {
      name: string;
      monteCarlo: number | null;
      data: number | null;
      snr: number | null;
    }[]) {
      for (const [tag, value] of [
        ["monte_carlo_variance", monteCarlo],
        ["data_variance", data],
        ["snr", snr],
      ] as const) {
        // What is unknown at a step has no point there.
        const expected = value === null ? [] : [Math.fround(value)];
        const found = of(`${tag}/${name}`).flatMap(([at, point]) => (at === step ? [point] : []));
        assert.deepEqual(found, expected, `${tag}/${name}`);
      }
    }
  }
});

interface Event {
  step: number;
  version?: string;
  scalar?: { tag: string; value: number };
  sessionStart?: boolean;
}

/** A second reading of the format: records whose checksums hold, each an Event message. */
function decodeEventFile(bytes: Buffer): Event[] {
  const events: Event[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    assert.equal(bytes.readUInt32LE(at + 8), maskedCrc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    assert.equal(bytes.readUInt32LE(at + 12 + length), maskedCrc32c(data));
    at += 16 + length;
    const event: Event = { step: 0 };
    for (const { field, value } of fieldsOf(data)) {
      if (field === 1) assert.ok(Math.abs((value as Buffer).readDoubleLE() - Date.now() / 1000) < 3600);
      if (field === 2) event.step = value as number;
      if (field === 3) event.version = (value as Buffer).toString();
      if (field === 7) event.sessionStart = fieldsOf(value as Buffer)[0]!.value === 1;
      if (field !== 5) continue;
      const summary = fieldsOf(fieldsOf(value as Buffer)[0]!.value as Buffer);
      event.scalar = {
        tag: (summary[0]!.value as Buffer).toString(),
        value: (summary[1]!.value as Buffer).readFloatLE(),
      };
    }
    events.push(event);
  }
  return events;
}

function fieldsOf(message: Buffer): { field: number; value: Buffer | number }[] {
  const fields: { field: number; value: Buffer | number }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (count: number): Buffer => message.subarray(at, (at += count));
  while (at < message.length) {
    const key = varint();
    const value = [varint, () => take(8), () => take(varint()), undefined, undefined, () => take(4)][key % 8]!();
    fields.push({ field: Math.floor(key / 8), value });
  }
  return fields;
}
