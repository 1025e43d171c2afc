/**
 * Functions in WGSL that are as exact as float32 allows. The device's own may err: by WGSL's rules `sin` and `cos` by 2⁻¹¹, `exp` by
 * 3 + 2|x| units in the last place, `log` by 2⁻²¹ near 1; and TensorFlow.js's kernels lose small values to cancellation: log(1 + x), exp(x) − 1.
 * What is no number stays so, which a device need not care for: exp(NaN) may be ∞.
 */
const helpers = `
  fn exactLogOnePlus(a : f32) -> f32 { // log(1 + a) = 2 artanh(a / (2 + a))
    if (a > -0.33 && a < 0.5) {
      let s = a / (2.0 + a);
      let t = s * s;
      return 2.0 * s * (1.0 + t * (0.33333333 + t * (0.2 + t * (0.14285714 + t * (0.11111111 + t * 0.09090909)))));
    }
    return logOf(1.0 + a);
  }
  fn exactLog(a : f32) -> f32 {
    if (a > 0.67 && a < 1.5) { return exactLogOnePlus(a - 1.0); }
    return logOf(a);
  }
  fn logOf(a : f32) -> f32 { // devices may give log(0) some number
    if (a < 0.0) { return uniforms.NAN; }
    if (a == 0.0) { return -uniforms.INFINITY; }
    return log(a);
  }
  fn exactExpMinusOne(a : f32) -> f32 { // Taylor up to a⁸ / 8!
    if (abs(a) < 0.5) {
      return a * (1.0 + a * (0.5 + a * (0.16666667 + a * (0.041666668 + a * (0.0083333338 + a * (0.0013888889 +
        a * (0.00019841270 + a * 0.000024801587)))))));
    }
    return exactExp(a) - 1.0;
  }
  fn exactExp(a : f32) -> f32 { // 2ⁿ exp(r), |r| ≤ ½ log 2
    if (!(abs(a) < 87.0)) { return exp(a); }
    let n = round(a * 1.4426950);
    let r = (a - n * 0.693359375) + n * 2.1219444e-4;
    let e = r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666668 + r * (0.0083333338 + r * (0.0013888889 +
      r * 0.00019841270))))));
    return (1.0 + e) * bitcast<f32>((i32(n) + 127) << 23u);
  }
  fn exactSine(a : f32, quarters : i32) -> f32 { // sin(a + quarters π/2), a less the nearest quarter turn
    if (!(abs(a) < 8192.0)) { return sin(a + f32(quarters) * 1.5707964); }
    let n = round(a * 0.63661977);
    let r = ((a - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789954891882e-8;
    let z = r * r;
    let sine = ((-1.9515296e-4 * z + 8.3321609e-3) * z - 0.16666655) * z * r + r;
    let cosine = ((2.4433157e-5 * z - 1.3887316e-3) * z + 0.041666646) * z * z - 0.5 * z + 1.0;
    let q = (i32(n) + quarters) & 3;
    let value = select(sine, cosine, (q & 1) == 1);
    return select(value, -value, q >= 2);
  }
`;

/** A statement that only one kernel's text holds, and the body that takes its place. */
const bodies: readonly (readonly [statement: string, body: string])[] = [
  ["return log(a);", "return exactLog(a);"],
  ["return log(1.0 + a);", "return exactLogOnePlus(a);"],
  ["return exp(a);", "return exactExp(a);"],
  ["return exp(a) - 1.0;", "return exactExpMinusOne(a);"],
  ["return 1.0 / (1.0 + exp(-1.0 * a));", "return 1.0 / (1.0 + exactExp(-a));"],
  ["return log(exp_a + 1.0);", "return max(a, 0.0) + exactLogOnePlus(exactExp(-abs(a)));"],
  [
    "return sign(a) * (1.0 - e2x) / (1.0 + e2x);",
    "let e = exactExpMinusOne(-2.0 * abs(a)); return sign(a) * -e / (2.0 + e);",
  ],
  ["return sin(a);", "return exactSine(a, 0);"],
  ["return cos(a);", "return exactSine(a, 1);"],
  ["return tan(a);", "return exactSine(a, 0) / exactSine(a, 1);"],
];

/** The text of an elementwise kernel with an exact function in place of its own, where there is one. */
export function withExactFunction(code: string): string {
  const found = bodies.find(([statement]) => code.includes(statement));
  if (!found) return code;
  const own = code.replace("fn unaryOperation(", "fn plainOperation(");
  return `${helpers}\n fn unaryOperation(a : f32) -> f32 { if (isnan(a)) { return a; } ${found[1]} }\n ${own}`;
}

/** A device may make a number of exp(NaN): then a softmax of logits that are no numbers would look like one. */
const expOrNaN = "fn expOrNaN(a : f32) -> f32 { if (isnan(a)) { return a; } return exp(a); }";

/** The text of a softmax that hands on NaN. */
export function softmaxWithNaN(code: string): string {
  return `${expOrNaN}\n${code.replaceAll("exp(getLogits(", "expOrNaN(getLogits(")}`;
}
