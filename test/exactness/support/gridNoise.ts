import { tf } from "../../../core/backends/tf";
import { Noise } from "../../../core/random/noise";

/** Chosen uniforms in place of random ones: the points of a quadrature rule, one row each. */
export class GridNoise extends Noise {
  /** @param points by stream, `[rows][units]`, for the only node of a model */
  constructor(private readonly points: ReadonlyMap<number, readonly (readonly number[])[]>) {
    super({
      seed: 0,
      step: 0,
      numSamples: 1,
      numRows: [...points.values()][0]!.length,
      replicates: 1,
      firstReplicate: 0,
    });
  }

  override uniform(_node: string, unitShape: readonly number[], stream = 0): tf.Tensor {
    const rows = this.points.get(stream) ?? [...this.points.values()][0]!;
    return tf.tensor(Float32Array.from(rows.flat()), [1, rows.length, ...unitShape]);
  }
}

/** Nodes and weights of the n-point Gauss–Legendre rule on [a, b], by Newton's method on the Legendre polynomial. */
export function gaussLegendre(
  n: number,
  a: number,
  b: number,
): readonly { readonly x: number; readonly weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 100; iteration++) {
      let [previous, current] = [1, x];
      for (let k = 2; k <= n; k++)
        [previous, current] = [current, ((2 * k - 1) * x * current - (k - 1) * previous) / k];
      slope = (n * (x * current - previous)) / (x * x - 1);
      const step = current / slope;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    return { x: (a + b) / 2 + (x * (b - a)) / 2, weight: (b - a) / ((1 - x * x) * slope * slope) };
  });
}
