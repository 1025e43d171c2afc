import assert from "node:assert/strict";
import { test } from "node:test";
import { replicatePasses, type ReplicatePass } from "../../../core/diagnostics/replicatePasses";

/** Of a group. */
function replicatesOf([first]: readonly ReplicatePass[]): number {
  return first!.replicates / first!.groups;
}

test("passes draw every replicate once, a few more than were asked for at most, in groups of equal size", () => {
  for (const draws of [2, 3, 4, 5, 8, 9, 20, 31, 32, 100, 101, 200, 1000, 5000]) {
    for (const examples of [1, 3, 16, 100, 5000]) {
      for (const samples of [1, 5, 1000]) {
        for (const [formed, products] of [
          [0, true],
          [4096, false],
          [156_800, true],
        ] as const) {
          const passes = replicatePasses(draws, examples, { samples, formed, products });
          const about = `${draws} draws of ${examples} examples, ${samples} samples`;
          let next = 0;
          const sizes = new Set<number>();
          for (const { firstReplicate, replicates, groups } of passes) {
            assert.equal(firstReplicate, next, about);
            assert.ok(groups >= 1 && replicates / groups >= 2 && replicates % groups === 0, about);
            // At most 2048 samples at once, but for the two replicates that a variance needs.
            assert.ok(replicates <= 3 || replicates * examples * samples <= 2048, `${about}: ${replicates}`);
            sizes.add(replicates / groups);
            next += replicates;
          }
          assert.equal(sizes.size, 1, about);
          assert.ok(next >= draws && next < draws + replicatesOf(passes), `${about}: ${next}`);
        }
      }
    }
  }
});

test("intervals get about 64 values or, of fewer draws, one for every two of them", () => {
  const groupsOf = (draws: number, examples: number): number =>
    replicatePasses(draws, examples, { samples: 1, formed: 0, products: true }).reduce(
      (sum, pass) => sum + pass.groups,
      0,
    );
  assert.equal(groupsOf(32, 1), 16);
  assert.ok(groupsOf(1000, 1) >= 60);
  assert.ok(groupsOf(100, 100) >= 4);
  assert.equal(groupsOf(2, 16), 1);
});
