import type * as vscode from "vscode";
import type { CheckTest } from "../../core/protocol/checks";

/** Of a model, what its tests have in common. */
export type TestedModel = Pick<CheckTest, "model" | "file" | "dataFolder"> & { readonly exportName: string };

/** An entry of the Testing view below a file, before it becomes one of the editor's items. */
export interface ListedTest {
  /** Unique in the view. */
  readonly id: string;
  readonly label: string;
  /** Its place among what stands beside it: an order by lines alone puts first what has none. */
  readonly order?: string;
  /** Where the editor offers to run it; none for what is only listed in the view. */
  readonly range?: vscode.Range;
  /** Shown in place of what the entry would hold. */
  readonly error?: string;
  /** A test, the reason why there is none, or a model whose other estimators stand below it. */
  readonly entry: { readonly test: CheckTest } | { readonly problem: string } | { readonly othersOf: TestedModel };
}
