import type { RecordedOperation, SeriesForm } from "../../backends/recordedOperations";
import { listenToOperations } from "../../backends/recordedOperations";
import { tf } from "../../backends/tf";
import { record, unrecorded } from "../tape";
import { type Jet, linearJet, spreadTerm } from "./jet";
import { mapped } from "./mapped";
import type { Term } from "./terms";
import { taylorRules } from "./registry";
import type { Rule } from "./rule";

/** An operation through which no series can be carried. */
export class NoTaylorRule extends Error {
  constructor(readonly operation: string) {
    super(`operation ${operation} has no rule for Taylor series`);
  }
}

/**
 * Taylor mode: carries truncated series x(t) = x₀ + x₁ t + … along C directions through every operation while it runs, so that all
 * derivatives up to the order come out of one forward pass, at a cost that grows with the order's square. (Nested reverse mode
 * doubles with every order.)
 *
 * Reference: Griewank, Walther, "Evaluating derivatives", 2008, chapter 13; Bettencourt, Johnson, Duvenaud, "Taylor-mode automatic
 * differentiation for higher-order derivatives in JAX", 2019.
 */
export class TaylorMode {
  private readonly jets = new Map<number, Jet>();
  private readonly kept = new Set<tf.Tensor>();
  /** Tensors behind an operation without a rule, with its name: an error only where one is asked for. */
  private readonly blocked = new Map<number, string>();

  /** @param order highest power of t */
  constructor(private readonly order: number) {}

  /** Says that x moves along one direction per row of `slope`, `[C, …x.shape]` or with size 1 where directions repeat. */
  seed(x: tf.Tensor, slope: tf.Tensor): void {
    this.jets.set(x.id, linearJet(x.shape, slope, this.order));
  }

  /**
   * The series of a tensor; undefined where it does not depend on t.
   * @throws NoTaylorRule where an operation on the way has none
   */
  jet(x: tf.Tensor): Jet | undefined {
    const operation = this.blocked.get(x.id);
    if (operation !== undefined) throw new NoTaylorRule(operation);
    return this.jets.get(x.id);
  }

  /** Runs `f`, carrying series through what it does; call it while operations are recorded. */
  follow<T>(f: () => T): T {
    return listenToOperations((operation) => this.carry(operation), f);
  }

  /** Frees all coefficients. */
  dispose(): void {
    for (const tensor of this.kept) tensor.dispose();
    this.jets.clear();
  }

  private block(outputs: readonly tf.Tensor[], operation: string): void {
    for (const output of outputs) this.blocked.set(output.id, operation);
  }

  private carry({ kernelName, inputs, outputs, attributes, series }: RecordedOperation): void {
    const cause = Object.values(inputs).find((input) => this.blocked.has(input.id));
    if (cause) return this.block(outputs, this.blocked.get(cause.id)!);
    if (!Object.values(inputs).some((input) => this.jets.has(input.id))) return;
    if (series && "plain" in series) {
      const inner = record(() => series.plain(inputs));
      const found = this.jets.get(inner.value.id);
      const blocked = this.blocked.get(inner.value.id);
      if (found) this.jets.set(outputs[0]!.id, found);
      if (blocked !== undefined) this.block(outputs, blocked);
      inner.release();
      return;
    }
    const rule = series ? linearRule(series.linear) : taylorRules[kernelName];
    const { order } = this;
    const jet = (input: string): Jet | undefined => this.jets.get(inputs[input]!.id);
    unrecorded(() =>
      tf.tidy(() => {
        const found = rule?.({ kernelName, inputs, outputs, attributes, order, jet });
        if (!found) return this.block(outputs, kernelName);
        // A coefficient may be an operand itself, which is not ours to keep.
        const operands = new Set([...Object.values(inputs), ...outputs]);
        const own = <T extends Term>(term: T): T => {
          if (!(term instanceof tf.Tensor)) return term;
          const tensor = operands.has(term) ? term.clone() : term;
          this.kept.add(tf.keep(tensor));
          return tensor as T;
        };
        found.forEach((each, i) => {
          if (!each || each.terms.every((term) => term === null)) return;
          this.jets.set(outputs[i]!.id, { ...each, slope: own(each.slope), terms: each.terms.map(own) });
        });
      }),
    );
  }
}

/** An operation of our own that is linear in one input. */
function linearRule(differentials: Extract<SeriesForm, { linear: unknown }>["linear"]): Rule {
  return ({ inputs, outputs, order, jet }) => {
    const [moving, ...others] = Object.keys(inputs).filter((name) => jet(name));
    const differential = moving === undefined ? undefined : differentials[moving];
    if (!differential || others.length > 0) return null;
    const input = jet(moving!)!;
    const last = input.shape[input.shape.length - 1]!;
    const whole = (dx: tf.Tensor): tf.Tensor =>
      dx.shape[dx.rank - 1] === last ? dx : spreadTerm(dx, input.shape, dx.shape[0]!);
    return [mapped(input, outputs[0]!.shape, order, (dx) => differential(whole(dx)))];
  };
}
