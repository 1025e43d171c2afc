import type { tf } from "../../backends/tf";
import type { Jet } from "./jet";

/** A recorded operation of which at least one input has a jet. */
export interface TaylorOperation {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Highest power of t. */
  readonly order: number;
  /** By input; undefined where it does not depend on t. */
  jet(input: string): Jet | undefined;
}

/** Jets of an operation's outputs, null where one does not depend on t; null altogether where the rule does not serve these operands. */
export type Rule = (operation: TaylorOperation) => readonly (Jet | null)[] | null;

export type Rules = Readonly<Record<string, Rule>>;
