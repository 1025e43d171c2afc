import type * as vscode from "vscode";

/** What a test run told the editor, as far as it is. */
export interface RecordedRun {
  /** The last state of every item that it spoke of, by the item's id. */
  readonly states: Readonly<Record<string, string>>;
  readonly messages: readonly vscode.TestMessage[];
  readonly hasEnded: boolean;
}

/** Writes down what runs tell the editor from now on, which gets all of it as before: results cannot be asked for. */
export function recordTestRuns(controller: vscode.TestController): RecordedRun[] {
  const runs: RecordedRun[] = [];
  const create = controller.createTestRun.bind(controller);
  controller.createTestRun = (...args) => {
    const run = create(...args);
    const states: Record<string, string> = {};
    const messages: vscode.TestMessage[] = [];
    const recorded = { states, messages, hasEnded: false };
    runs.push(recorded);
    return new Proxy(run, {
      get(target, name: keyof vscode.TestRun) {
        const value: unknown = target[name];
        if (typeof value !== "function") return value;
        return (...told: unknown[]): unknown => {
          const [item, message] = told as [vscode.TestItem | undefined, unknown];
          if (name === "end") recorded.hasEnded = true;
          else if (item && name !== "appendOutput") states[item.id] = name;
          if (name === "failed" || name === "errored") messages.push(...([message].flat() as vscode.TestMessage[]));
          return value.apply(target, told) as unknown;
        };
      },
    });
  };
  return runs;
}
