/** What of a program of TensorFlow.js is changed or named here. */
export interface Program {
  /** Of a softmax `[rows, columns]`, of a reduction `[rows]`. */
  readonly outputShape: readonly number[];
  /** Of a reduction alone: `[rows, columns]`. */
  readonly inputShape?: readonly number[];
  readonly workgroupSize: readonly [number, number, number];
  dispatch: [number, number, number];
  shaderKey: string;
  getUserCode(): string;
}

/** Rows of so many elements are one thread's work. */
const LONGEST = 64;

/**
 * Has one thread take a row where rows are short. TensorFlow.js has a workgroup of 64 threads take it, which wait for each other at barriers:
 * in a sum over the three units of a layer all but three of them for nothing. On SwiftShader that took two thirds of an enumeration's time.
 */
export function oneThreadARow(program: Program): void {
  const [rows, columns] = (program.inputShape ?? program.outputShape) as [number, number];
  const body = bodies[program.constructor.name];
  if (!body || columns > LONGEST) return;
  const code = program.getUserCode.bind(program);
  program.getUserCode = () => body(code());
  program.dispatch = [Math.ceil(rows / program.workgroupSize[0]), 1, 1];
  program.shaderKey += "_short_rows";
}

const bodies: Readonly<Record<string, (code: string) => string>> = {
  ReduceProgram: (code) => `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let offset = index * uniforms.reduceSize;
      var bestValue = ${part(code, /var bestValue = ([^;]*);/)};
      for (var k = 0; k < uniforms.reduceSize; k = k + 1) {
        let candidate = f32(x[offset + k]);
        ${part(code, /let candidate = f32\(x\[offset \+ k\]\);([^]*?)\}\s*xBestValues/)}
      }
      setOutputAtIndex(index, ${part(code, /setOutputAtIndex\(outputIndex, (.*?)\);/)});
    }`,
  SoftmaxProgram: () => `
    fn main(row : i32) {
      let cols = uniforms.outShape[1];
      if (row >= uniforms.outShape[0]) { return; }
      var most = -3.402823e+38f;
      for (var col = 0; col < cols; col++) { most = max(most, getLogits(row, col)); }
      var total = 0.0;
      for (var col = 0; col < cols; col++) { total += exp(getLogits(row, col) - most); }
      for (var col = 0; col < cols; col++) {
        setOutputAtCoords(row, col, exp(getLogits(row, col) - most) / total);
      }
    }`,
};

/** What of a text the pattern's group finds. @throws Error where the text is another than the one that was read for this */
function part(code: string, pattern: RegExp): string {
  const found = pattern.exec(code)?.[1];
  if (found === undefined) throw new Error(`expected ${pattern} in a kernel of TensorFlow.js 4.22.0`);
  return found;
}
