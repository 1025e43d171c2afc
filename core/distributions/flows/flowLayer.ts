import type { tf } from "../../backends/tf";

/** A vector after one layer of a flow (or before it), and how the layer stretches space there. */
export interface Moved {
  /** `[…, units]`. */
  readonly value: tf.Tensor;
  /** log |det ∂f/∂x| at the layer's input x, `[…]`. */
  readonly logDeterminant: tf.Tensor;
}

/** An invertible map f of vectors of units; what it computes carries gradients to its input and parameters. */
export interface FlowLayer {
  readonly id: string;
  /** Throws where vectors of that many units do not fit. */
  requireUnits(units: number): void;
  /** f(x). */
  forward(x: tf.Tensor): Moved;
  /**
   * f⁻¹(y), with the derivatives of the inverse.
   * @param drawn x where it is known from drawing, a constant: spares the search for it
   */
  inverse(y: tf.Tensor, drawn?: tf.Tensor): Moved;
  /** Parameters that make no invertible map, as a clause with the value found, or null. Reads tensors back: slow. */
  problem(): string | null;
}
