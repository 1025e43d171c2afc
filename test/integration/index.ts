/** Entry point of the tests that run inside VS Code: the extension host loads this file and calls `run`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", color: false, timeout: 60_000, reporter: "spec", retries: 1 });
  const filters = (process.env["GRADLENS_TEST_FILES"] ?? "").split(",");
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith(".test.js") && filters.some((filter) => name.includes(filter)))
      mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => {
    // The host may be slow once, on a machine that does other work; it is told.
    mocha.run(resolve).on("retry", (test, error) => {
      console.log(`WARNING: once more: ${test.fullTitle()}: ${error.message}`);
    });
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
