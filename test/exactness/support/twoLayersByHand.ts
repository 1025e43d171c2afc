/**
 * The case "two layers" written out in float64, without the engine: θ [3] → h1, W [3, 2], b [2] → h2, v [2] out.
 * y = v·h2 + ½ Σ h1, f = e^y + (y − 0.4)^4.
 */
export const theta = [0.6, -0.9, 0.3];
export const W = [
  [1.2, -0.7],
  [0.5, 0.9],
  [-1.1, 0.4],
];
const bias = [0.3, -0.6];
export const out = [1.1, -0.8];
export const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
export const total = (a: readonly number[]): number => a.reduce((sum, value) => sum + value, 0);

const f = (y: number): number => Math.exp(y) + (y - 0.4) ** 4;
export const output = (h1: readonly number[], h2: readonly number[]): number => dot(out, h2) + total(h1) / 2;
export const cost = (h1: readonly number[], h2: readonly number[]): number => f(output(h1, h2));
/** f'(y). */
export const slopeOf = (y: number): number => Math.exp(y) + 4 * (y - 0.4) ** 3;

export const mean1 = theta.map(sigmoid);
/** Means of h2 given h1. */
export const mean2 = (h1: readonly number[]): number[] =>
  bias.map((b, k) => sigmoid(b + total(h1.map((x, i) => x * W[i]![k]!))));
