import { madd } from "./vector";

/** Rows and columns of the tile that is held in registers: 12 accumulators, two vectors of B and one element of A. */
const TILE_ROWS: i32 = 6;
const TILE_COLUMNS: i32 = 8;
const TILE_STRIDE: i32 = 32;
/** Depth of one pass: a packed panel of B, 16 KiB, stays in the first-level cache. */
const DEPTH: i32 = 512;
/** With at most so many rows, packing B costs more than it saves where its rows are contiguous. */
const DIRECT_ROWS: i32 = 48;

/** Bytes of scratch memory that a product needs: one pass of B packed, one tile, one row of bias. */
export function workspaceBytes(columns: i32, inner: i32): i32 {
  const padded = (columns + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
  return (min(inner, DEPTH) * padded + TILE_ROWS * TILE_COLUMNS + padded) << 2;
}

/**
 * C = op(A) op(B) + bias for float32, C row-major [rows, columns]. Element (i, p) of op(A) lies at
 * a + i·rowStrideA + p·columnStrideA bytes, likewise op(B) [inner, columns], so transposed operands cost nothing.
 *
 * @param bias address of `columns` numbers, or 0 for none
 * @param workspace address of `workspaceBytes(columns, inner)` bytes
 */
export function matMul(
  a: usize,
  rowStrideA: i32,
  columnStrideA: i32,
  b: usize,
  rowStrideB: i32,
  columnStrideB: i32,
  bias: usize,
  c: usize,
  rows: i32,
  columns: i32,
  inner: i32,
  workspace: usize,
): void {
  const panels = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = columns << 2;
  const spill = workspace + ((<usize>(min(inner, DEPTH) * panels * TILE_COLUMNS)) << 2);
  const paddedBias = spill + TILE_ROWS * TILE_STRIDE;
  memory.fill(paddedBias, 0, panels * TILE_STRIDE);
  if (bias !== 0) memory.copy(paddedBias, bias, rowBytes);
  const direct = rows <= DIRECT_ROWS && columnStrideB === 4;
  let start = 0;
  do {
    const depth = min(inner - start, DEPTH);
    const slice = b + <usize>start * rowStrideB;
    if (!direct) pack(slice, rowStrideB, columnStrideB, columns, depth, workspace);
    for (let panel = 0; panel < panels; panel++) {
      const column = panel * TILE_COLUMNS;
      const width = min(columns - column, TILE_COLUMNS);
      let source = workspace + <usize>panel * depth * TILE_STRIDE;
      let sourceStride = TILE_STRIDE;
      if (direct) {
        const from = slice + (<usize>column << 2);
        if (width === TILE_COLUMNS) {
          source = from;
          sourceStride = rowStrideB;
        } else {
          pack(from, rowStrideB, columnStrideB, width, depth, source);
        }
      }
      for (let row = 0; row < rows; row += TILE_ROWS) {
        const height = min(rows - row, TILE_ROWS);
        const origin = a + <usize>row * rowStrideA + <usize>start * columnStrideA;
        const target = c + <usize>row * rowBytes + (column << 2);
        const inside = width === TILE_COLUMNS && height === TILE_ROWS;
        const out = inside ? target : spill;
        const outStride = inside ? rowBytes : TILE_STRIDE;
        let initial = out;
        let initialStride = outStride;
        if (start === 0) {
          initial = paddedBias + panel * TILE_STRIDE;
          initialStride = 0;
        } else if (!inside) {
          for (let i = 0; i < height; i++)
            memory.copy(spill + i * TILE_STRIDE, target + <usize>i * rowBytes, width << 2);
        }
        tile(origin, rowStrideA, columnStrideA, height, source, sourceStride, depth, initial, initialStride, out, outStride);
        if (!inside) {
          for (let i = 0; i < height; i++)
            memory.copy(target + <usize>i * rowBytes, spill + i * TILE_STRIDE, width << 2);
        }
      }
    }
    start += depth;
  } while (start < inner);
}

/** Copies [depth, columns] of op(B) into panels [depth, 8], the last one padded with zeros. */
function pack(b: usize, rowStride: i32, columnStride: i32, columns: i32, depth: i32, out: usize): void {
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    const width = min(columns - column, TILE_COLUMNS);
    const from = b + <usize>column * columnStride;
    if (width === TILE_COLUMNS && columnStride === 4) {
      for (let p = 0; p < depth; p++) {
        v128.store(out + p * TILE_STRIDE, v128.load(from + <usize>p * rowStride));
        v128.store(out + p * TILE_STRIDE, v128.load(from + <usize>p * rowStride, 16), 16);
      }
    } else if (width === TILE_COLUMNS && rowStride === 4) {
      packTransposed(from, columnStride, depth, out);
      packTransposed(from + <usize>columnStride * 4, columnStride, depth, out + 16);
    } else {
      for (let p = 0; p < depth; p++) {
        for (let j = 0; j < TILE_COLUMNS; j++) {
          const value: f32 = j < width ? load<f32>(from + <usize>p * rowStride + <usize>j * columnStride) : 0;
          store<f32>(out + p * TILE_STRIDE + (j << 2), value);
        }
      }
    }
    out += <usize>depth * TILE_STRIDE;
  }
}

/** Four columns whose elements are contiguous, to every second vector of a panel: blocks of 4 × 4 turned over. */
function packTransposed(from: usize, columnStride: i32, depth: i32, out: usize): void {
  const second = from + columnStride;
  const third = second + columnStride;
  const fourth = third + columnStride;
  const body = depth & ~3;
  for (let p = 0; p < body; p += 4) {
    const at = p << 2;
    const r0 = v128.load(from + at);
    const r1 = v128.load(second + at);
    const r2 = v128.load(third + at);
    const r3 = v128.load(fourth + at);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const to = out + p * TILE_STRIDE;
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
    v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
    v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
  }
  for (let p = body; p < depth; p++) {
    const at = p << 2;
    const to = out + p * TILE_STRIDE;
    store<f32>(to, load<f32>(from + at));
    store<f32>(to, load<f32>(second + at), 4);
    store<f32>(to, load<f32>(third + at), 8);
    store<f32>(to, load<f32>(fourth + at), 12);
  }
}

/** out[6, 8] = initial + A[6, depth] B[depth, 8]; rows past `height` repeat the last one. */
function tile(
  a: usize,
  rowStride: i32,
  columnStride: i32,
  height: i32,
  b: usize,
  strideB: i32,
  depth: i32,
  initial: usize,
  initialStride: i32,
  out: usize,
  outStride: i32,
): void {
  const last = height - 1;
  let a0 = a;
  let a1 = a + <usize>min(1, last) * rowStride;
  let a2 = a + <usize>min(2, last) * rowStride;
  let a3 = a + <usize>min(3, last) * rowStride;
  let a4 = a + <usize>min(4, last) * rowStride;
  let a5 = a + <usize>min(5, last) * rowStride;
  let c00 = v128.load(initial),
    c01 = v128.load(initial, 16);
  initial += initialStride;
  let c10 = v128.load(initial),
    c11 = v128.load(initial, 16);
  initial += initialStride;
  let c20 = v128.load(initial),
    c21 = v128.load(initial, 16);
  initial += initialStride;
  let c30 = v128.load(initial),
    c31 = v128.load(initial, 16);
  initial += initialStride;
  let c40 = v128.load(initial),
    c41 = v128.load(initial, 16);
  initial += initialStride;
  let c50 = v128.load(initial),
    c51 = v128.load(initial, 16);
  const end = b + <usize>depth * strideB;
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += strideB;
    let x = v128.load_splat<f32>(a0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(a4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(a5);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a0 += columnStride;
    a1 += columnStride;
    a2 += columnStride;
    a3 += columnStride;
    a4 += columnStride;
    a5 += columnStride;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += outStride;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += outStride;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  out += outStride;
  v128.store(out, c30);
  v128.store(out, c31, 16);
  out += outStride;
  v128.store(out, c40);
  v128.store(out, c41, 16);
  out += outStride;
  v128.store(out, c50);
  v128.store(out, c51, 16);
}
