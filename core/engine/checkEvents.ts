import type { ReportedTrunks } from "../report/report";
import type { CheckFields } from "./checkFields";
import { type RunEvent, RunFolder } from "./runFolder";

/** What a run's log keeps of checks. */
export type Logged = CheckFields | { readonly trunks: ReportedTrunks };

/** A check's result as lines of the event log, at the step that it looked at. */
export function checkEvents(record: Logged, step: number): readonly RunEvent[] {
  return Object.entries(record).map(([type, value]) => ({
    type,
    step,
    ...(Array.isArray(value) ? { records: value as readonly unknown[] } : value),
  }));
}

/** Adds a check of a run that has ended to its folder's log, so that its report has it. */
export function recordCheck(path: string, record: Logged, step: number): void {
  const { folder } = RunFolder.open(path);
  try {
    folder.append(checkEvents(record, step));
  } finally {
    folder.close();
  }
}
