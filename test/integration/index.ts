/** Entry point of the tests that run inside VS Code: the extension host loads this file and calls `run`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", color: false, timeout: 60_000, reporter: "spec" });
  const filters = (process.env["GRADLENS_TEST_FILES"] ?? "").split(",");
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith(".test.js") && filters.some((filter) => name.includes(filter)))
      mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => void mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
