const words = new Uint32Array(2);
const whole = new Float64Array(words.buffer);
/** Of the two words of a double on this machine, the one with sign and exponent. */
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * log x for positive normal x, to one unit in the last place, by IEEE operations alone: the same bits as the kernels of
 * core/backends/fused/kernels/quantiles.ts and on every machine, which `Math.log` does not promise.
 *
 * x = 2ᵏ (1 + f) with 1 + f of [√½, √2), log(1 + f) = 2 artanh(s) with s = f/(2 + f), and a polynomial in s². Reference: fdlibm, e_log.c.
 */
export function naturalLog(x: number): number {
  whole[0] = x;
  const shifted = words[high]! + 0x95f62; // 1 − √½ in the exponent's word
  const k = (shifted >>> 20) - 1023;
  words[high] = (shifted & 0xfffff) + 0x3fe6a09e;
  const f = whole[0] - 1;
  const s = f / (f + 2);
  const z = s * s;
  const w = z * z;
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const half = 0.5 * f * f;
  return k * 0.6931471803691238 - (half - (s * (half + (odd + even)) + k * 1.9082149292705877e-10) - f);
}
