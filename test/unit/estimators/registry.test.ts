import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseEstimator } from "../../../core/estimators/estimatorSpec";
import { estimatorAliases, estimators } from "../../../core/estimators/registry";

describe("the registry of estimators", () => {
  it("has every id once, and aliases of ids that exist", () => {
    const ids = estimators.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const [alias, id] of Object.entries(estimatorAliases)) {
      assert.ok(!ids.includes(alias) && ids.includes(id));
      assert.equal(parseEstimator(alias).estimator.id, id);
    }
  });

  it("is described in full in docs/estimators.md", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/estimators.md"), "utf8").replaceAll(/\s+/g, " ");
    for (const { id, title, reference, options } of estimators) {
      assert.ok(page.includes(`### ${id} **${title}**`), `${id}: run npx tsx scripts/docs/estimators.ts`);
      assert.ok(page.includes(String(reference.year)));
      for (const option of options)
        assert.ok(page.includes(`- Option \`${option.name}\` (${option.default})`), `${id}: ${option.name}`);
    }
  });
});
