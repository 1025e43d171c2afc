import type { Command } from "commander";
import { table, type Column } from "../table";
import type { Answering } from "../run";

/** A command that lists a registry: `{key: [entry, …]}` as JSON, one row per entry for people. */
export interface RegistryCommand<T> {
  readonly name: string;
  readonly description: string;
  readonly entries: () => Promise<readonly T[]> | readonly T[];
  readonly json: (entry: T) => Readonly<Record<string, unknown>>;
  readonly columns: readonly Column[];
  readonly row: (entry: T) => readonly string[];
}

export function addRegistryCommand<T>(
  program: Command,
  answering: Answering,
  { name, description, entries, json, columns, row }: RegistryCommand<T>,
): void {
  answering(program.command(name).description(description), async () => {
    const list = await entries();
    return { json: { [name]: list.map(json) }, text: () => table(columns, list.map(row)) };
  });
}
