import { OwnMemory } from "./ownMemory";

const own = new OwnMemory();

/** Elements of a gamma sampler that are drawn together. */
export interface GammaProposals {
  /**
   * One attempt for those that are left.
   * @returns how many are left after it
   */
  attempt(normals: Float32Array, uniforms: Float32Array): number;
  values(): Float64Array;
}

/** Marsaglia and Tsang's method in the kernels of kernels/quantiles.ts: the plain code's bits. @returns null where there is no SIMD */
export function fusedGammaProposals(a: Float32Array): GammaProposals | null {
  const n = a.length;
  const memory = own.take(n * (8 + 4 * 4));
  if (!memory) return null;
  const { functions, buffer } = memory;
  const [pendingAt, aAt, normalsAt, uniformsAt] = [8, 12, 16, 20].map((bytes) => bytes * n) as [
    number,
    number,
    number,
    number,
  ];
  new Float64Array(buffer, 0, n).fill(0);
  const pending = new Int32Array(buffer, pendingAt, n);
  for (let i = 0; i < n; i++) pending[i] = i;
  new Float32Array(buffer, aAt, n).set(a);
  let left = n;
  return {
    attempt(normals, uniforms) {
      new Float32Array(buffer, normalsAt, n).set(normals);
      new Float32Array(buffer, uniformsAt, n).set(uniforms);
      return (left = functions.gammaProposals(0, pendingAt, left, aAt, normalsAt, uniformsAt));
    },
    values: () => new Float64Array(buffer, 0, n).slice(),
  };
}
