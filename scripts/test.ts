// Runs every check, or those named: `npm test`, `npm test -- unit core/random`, `npm run test:ui`,
// `npm test -- exactness --backend wasm`.
import { parseArgs } from "node:util";
import { printSummary, runStages } from "./lib/stage";
import { prepareEditor, stages } from "./stages";

async function main(): Promise<number> {
  const options = { backend: { type: "string" } } as const;
  const { values, positionals: args } = parseArgs({ options, allowPositionals: true });
  const named = stages.filter(({ id }) => args.includes(id));
  const chosen =
    named.length > 0
      ? stages.filter((stage) => named.includes(stage) || (stage.id === "build" && named.some(({ built }) => built)))
      : stages;
  const filters = args.filter((arg) => !stages.some(({ id }) => id === arg));
  if (filters.length > 0 && named.length === 0) {
    console.error(`expected a stage (${stages.map(({ id }) => id).join(", ")}), found ${filters[0]}`);
    return 2;
  }
  // It takes the network a while: the first stages run meanwhile. The stage that needs it tells what went wrong.
  if (chosen.some(({ id }) => id === "integration" || id === "ui")) prepareEditor().catch(() => undefined);
  const results = await runStages(chosen, filters, values.backend);
  printSummary(results);
  return results.some(({ count }) => count.failed > 0) ? 1 : 0;
}

// Leaving this way ends all that was started, too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
void main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  },
);
