import assert from "node:assert/strict";
import { test } from "node:test";
import type { ParameterVariance } from "../../../../core/protocol/variance";
import { varianceShares } from "../../../../webview/panels/varianceShares";
import { latestVariances, parameterHistory } from "../../../../webview/panels/parameterHistory";
import { sortVariances } from "../../../../webview/panels/sortVariances";
import { panelSnapshot } from "../../../ui/panelSnapshot";

const snapshot = panelSnapshot({ steps: 100, interval: 10 });
const names = (entries: readonly ParameterVariance[]): string[] => entries.map(({ name }) => name);

test("the largest variance comes first, and unknown last", () => {
  const latest = latestVariances(snapshot.variance);
  assert.equal(names(sortVariances(latest, "variance"))[0], "encode/weight");
  const unknown = latest.map((entry) =>
    entry.name === "encode/weight" ? { ...entry, total: null, monteCarlo: null } : entry,
  );
  assert.equal(names(sortVariances(unknown, "variance")).at(-1), "encode/weight");
  const noise = latest.map((entry) => (entry.name === "prior" ? { ...entry, snr: null } : entry));
  assert.equal(names(sortVariances(noise, "snr")).at(-1), "prior");
});

test("sorting by name is alphabetical", () => {
  const sorted = names(sortVariances(latestVariances(snapshot.variance), "name"));
  assert.deepEqual(sorted, [...sorted].sort());
});

test("shares of the variance add up to one, and there are none while any is unknown", () => {
  const shares = [...varianceShares(snapshot).values()];
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
  const unknown = panelSnapshot({ steps: 10, interval: 10 });
  assert.equal(unknown.variance.length, 1);
  assert.equal(varianceShares(unknown).size, 0);
});

test("a history follows one parameter through records that miss it or hold it elsewhere", () => {
  const records = snapshot.variance.map((record, index) => ({
    ...record,
    parameters:
      index === 3 ? record.parameters.slice(1) : index === 4 ? [...record.parameters].reverse() : record.parameters,
  }));
  const history = parameterHistory(records, "encode/weight");
  assert.equal(history.steps.length, records.length - 1);
  assert.ok(!history.steps.includes(records[3]!.step));
  assert.ok(history.records.every(({ name }) => name === "encode/weight"));
  assert.ok(Number.isNaN(history.total[0]), "unknown is not a number, not zero");
});
