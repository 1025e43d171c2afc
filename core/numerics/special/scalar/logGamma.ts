/** Coefficients B_2k / (2k (2k − 1)) of Stirling's series. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];
const halfLog2Pi = 0.918938533204672741780329736406;

/**
 * log |Γ(x)| in double precision: Stirling's series from 10 on, recurrence below, reflection under ½.
 * Infinite at 0, −1, −2, …
 */
export function logGamma(x: number): number {
  if (x < 0.5)
    return x <= 0 && Number.isInteger(x)
      ? Infinity
      : Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  let product = 1;
  let y = x;
  for (; y < 10; y++) product *= y;
  const inverse = 1 / y;
  const square = inverse * inverse;
  let series = 0;
  for (let k = stirling.length - 1; k >= 0; k--) series = series * square + stirling[k]!;
  return (y - 0.5) * Math.log(y) - y + halfLog2Pi + series * inverse - Math.log(product);
}
