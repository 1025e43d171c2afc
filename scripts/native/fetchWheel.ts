import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "../lib/command";

/** Downloads a wheel with pip, several hundred MB, unless it is there; returns its path. It need not fit the local Python. */
export async function fetchWheel(name: string, version: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const prefix = `${name.replace(/-/g, "_")}-${version}-`;
  const find = (): string | undefined =>
    readdirSync(folder).find((file) => file.startsWith(prefix) && file.includes(machine));
  if (!find()) {
    console.log(`Fetching ${name} ${version} from PyPI (200 to 600 MB)`);
    const platforms = ["manylinux2014", "manylinux_2_17", "manylinux_2_27", "manylinux_2_28"];
    const { status, output } = await runCommand(
      "python3",
      [
        ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"],
        ...["--implementation", "cp", "--python-version", "3.11"],
        ...platforms.flatMap((platform) => ["--platform", `${platform}_${machine}`]),
        ...["--dest", folder, `${name}==${version}`],
      ],
      { quiet: true },
    );
    if (status !== 0) throw new Error(`pip could not fetch ${name} ${version}: ${lastLines(output, 3)}`);
  }
  const wheel = find();
  if (!wheel || !existsSync(join(folder, wheel)))
    throw new Error(`pip left no wheel ${prefix}*${machine}.whl in ${folder}`);
  return join(folder, wheel);
}
