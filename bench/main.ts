// Benchmarks, side by side in one process: npm run bench [-- SECTION …] [--rounds N] [--steps N] [--threads N]
import { sections } from "./sections/registry";

async function main(): Promise<void> {
  const names: string[] = [];
  const options: Record<string, number> = {};
  const args = process.argv.slice(2);
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg.startsWith("--")) options[arg.slice(2)] = Number(args.shift());
    else names.push(arg);
  }
  const unknown = names.find((name) => !sections.some(({ id }) => id === name));
  const bad = Object.entries(options).find(
    ([name, value]) => !["rounds", "steps", "threads"].includes(name) || !(value > 0),
  );
  if (unknown !== undefined || bad) {
    console.error(
      bad
        ? `option --${bad[0]} is none of --rounds N, --steps N, --threads N with N above 0`
        : `there is no section ${unknown}; choose from ${sections.map(({ id }) => id).join(", ")}`,
    );
    process.exitCode = 2;
    return;
  }
  const { rounds = 5, steps = 1000, threads = 1 } = options;
  const settings = { rounds, steps, threads };
  for (const { id, title, run } of sections) {
    if (names.length > 0 && !names.includes(id)) continue;
    console.log(`\n## ${title}\n`);
    await run(settings);
  }
}

void main();
