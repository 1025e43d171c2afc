import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { ColumnOf } from "../model/callSite";

/** Columns of a text whose types were taken off and imports rewritten; its lines are the original's. The map is read on first use. */
export function originalColumn({ mappings }: { readonly mappings: string }): ColumnOf {
  let map: TraceMap | undefined;
  return (line, column) => {
    map ??= new TraceMap({ version: 3, names: [], sources: [""], mappings });
    const found = originalPositionFor(map, { line, column: column - 1 });
    return found.line === line ? found.column + 1 : column;
  };
}
