import { digitShapes, type DigitShape, type Stroke } from "./digitStrokes";
import { mix32 } from "./random";

/** Width and height of a digit's image in pixels. */
export const digitSide = 28;

const pixels = digitSide * digitSide;
const spanSteps = 4;
const maxPoints = 256;
/** The digit's longer side in pixels, as in MNIST. */
const boxSize = 20;
const edgeWidth = 1.15;
/** Least distance of the curve from the outermost pixels. */
const margin = 2.75;

/**
 * Draws one handwritten-looking digit into `image` (784 grey values in [0, 1], multiples of 1/255, row by row).
 * A way of writing it is chosen, its points are moved a little, then warped, slanted, turned and stretched as a whole;
 * the curve is fitted to a box of 20 pixels, its ink centred, and stroked with a pen of random width and pressure.
 * Everything follows from `key`: the same digit and key give the same image.
 */
export function renderDigit(digit: number, key: number, image: Float32Array): void {
  const random = sequence(key);
  const shape = chooseShape(digitShapes[digit] as readonly DigitShape[], random());
  const curve = flatten(shape, random);
  place(curve, random);
  stroke(curve, random, image);
}

/** Flattened curve in scratch memory: `ends[s]` is one past stroke s's last point. */
interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly ends: number[];
  length: number;
}

const scratch: Curve = { x: new Float64Array(maxPoints), y: new Float64Array(maxPoints), ends: [], length: 0 };
const controlX = new Float64Array(64);
const controlY = new Float64Array(64);
const distance = new Float64Array(pixels);

/** Uniform numbers in [0, 1), one after another. */
function sequence(key: number): () => number {
  let counter = 0;
  return () => mix32(key + Math.imul(++counter, 0x9e3779b9)) / 0x1_0000_0000;
}

/** About normal, mean 0, standard deviation 1, never beyond 3 (sum of three uniform numbers). */
function bell(random: () => number): number {
  return 2 * (random() + random() + random()) - 3;
}

function chooseShape(shapes: readonly DigitShape[], uniform: number): DigitShape {
  let left = uniform * shapes.reduce((sum, shape) => sum + shape.weight, 0);
  for (const shape of shapes) {
    left -= shape.weight;
    if (left < 0) {
      return shape;
    }
  }
  return shapes[0] as DigitShape;
}

/** Moves the points of a shape and joins them by Catmull-Rom curves, each span in `spanSteps` straight pieces. */
function flatten(shape: DigitShape, random: () => number): Curve {
  const shake = 0.014 + 0.028 * random();
  const waveX = 0.055 * bell(random);
  const waveY = 0.055 * bell(random);
  const phaseX = 6.3 * random();
  const phaseY = 6.3 * random();
  scratch.ends.length = 0;
  scratch.length = 0;
  for (const points of shape.strokes) {
    const count = movePoints(points, shake, random);
    for (let point = 0; point < count; point++) {
      const x = controlX[point] as number;
      const y = controlY[point] as number;
      controlX[point] = x + waveX * Math.sin(3.5 * y + phaseX);
      controlY[point] = y + waveY * Math.sin(3.5 * x + phaseY);
    }
    appendCurve(count);
    scratch.ends.push(scratch.length);
  }
  return scratch;
}

/** Copies a stroke's points, each moved at random; the two halves of a corner move together. */
function movePoints(points: Stroke, shake: number, random: () => number): number {
  const count = points.length / 2;
  let dx = 0;
  let dy = 0;
  for (let point = 0; point < count; point++) {
    const x = points[2 * point] as number;
    const y = points[2 * point + 1] as number;
    if (point === 0 || x !== points[2 * point - 2] || y !== points[2 * point - 1]) {
      dx = shake * bell(random);
      dy = shake * bell(random);
    }
    controlX[point] = x + dx;
    controlY[point] = y + dy;
  }
  return count;
}

function appendCurve(count: number): void {
  const { x, y } = scratch;
  let length = scratch.length;
  x[length] = controlX[0] as number;
  y[length++] = controlY[0] as number;
  for (let span = 0; span + 1 < count; span++) {
    const before = Math.max(0, span - 1);
    const after = Math.min(count - 1, span + 2);
    if (controlX[span] === controlX[span + 1] && controlY[span] === controlY[span + 1]) {
      continue;
    }
    for (let step = 1; step <= spanSteps; step++) {
      const t = step / spanSteps;
      x[length] = catmullRom(controlX, before, span, after, t);
      y[length++] = catmullRom(controlY, before, span, after, t);
    }
  }
  scratch.length = length;
}

/** The curve through points span and span + 1 at t in (0, 1], with the tangents its neighbours give. */
function catmullRom(points: Float64Array, before: number, span: number, after: number, t: number): number {
  const p0 = points[before] as number;
  const p1 = points[span] as number;
  const p2 = points[span + 1] as number;
  const p3 = points[after] as number;
  return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}

/** Slants, turns and stretches the curve, fits it to the box and puts its centre of ink at the image's centre. */
function place(curve: Curve, random: () => number): void {
  const { x, y, length } = curve;
  const slant = 0.14 + 0.22 * bell(random);
  const angle = 0.1 * bell(random);
  const width = 0.8 * Math.exp(0.16 * bell(random));
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let point = 0; point < length; point++) {
    const v = (y[point] as number) - 0.5;
    const u = width * ((x[point] as number) - 0.5) - slant * v;
    const px = cos * u - sin * v;
    const py = sin * u + cos * v;
    x[point] = px;
    y[point] = py;
    if (px < left) left = px;
    if (px > right) right = px;
    if (py < top) top = py;
    if (py > bottom) bottom = py;
  }
  const scale = ((boxSize - 2.4) * (1 + 0.05 * bell(random))) / Math.max(right - left, bottom - top);
  let [inkX, inkY, ink] = [0, 0, 1e-9];
  let start = 0;
  for (const end of curve.ends) {
    for (let point = start + 1; point < end; point++) {
      const dx = (x[point] as number) - (x[point - 1] as number);
      const dy = (y[point] as number) - (y[point - 1] as number);
      const piece = Math.sqrt(dx * dx + dy * dy);
      ink += piece;
      inkX += piece * ((x[point] as number) - dx / 2);
      inkY += piece * ((y[point] as number) - dy / 2);
    }
    start = end;
  }
  const centre = digitSide / 2 - 0.5;
  const shiftX = inFrame(centre - (scale * inkX) / ink + 0.5 * bell(random), scale * left, scale * right);
  const shiftY = inFrame(centre - (scale * inkY) / ink + 0.5 * bell(random), scale * top, scale * bottom);
  for (let point = 0; point < length; point++) {
    x[point] = scale * (x[point] as number) + shiftX;
    y[point] = scale * (y[point] as number) + shiftY;
  }
}

/** The shift nearest to the wanted one that keeps the curve from low to high off the image's frame. */
function inFrame(shift: number, low: number, high: number): number {
  return Math.max(margin - low, Math.min(digitSide - 1 - margin - high, shift));
}

/** Inks every pixel by its distance to the curve less the pen's radius there, with a soft edge. */
function stroke(curve: Curve, random: () => number, image: Float32Array): void {
  const radius = 1.18 * Math.exp(0.24 * bell(random));
  const pressure = 0.2 * bell(random);
  const phase = 6.3 * random();
  distance.fill(edgeWidth);
  let start = 0;
  for (const end of curve.ends) {
    for (let point = start + 1; point < end; point++) {
      inkPiece(curve, point, radius * (1 + pressure * Math.sin(phase + 0.15 * point)));
    }
    start = end;
  }
  for (let pixel = 0; pixel < pixels; pixel++) {
    const away = distance[pixel] as number;
    const ink = Math.max(0, Math.min(1, 0.5 - away / edgeWidth));
    image[pixel] = ink === 0 ? 0 : Math.round(255 * ink) / 255;
  }
}

/** Lowers `distance` (to the pen's edge) of the pixels near one straight piece. */
function inkPiece(curve: Curve, point: number, radius: number): void {
  const x0 = curve.x[point - 1] as number;
  const y0 = curve.y[point - 1] as number;
  const dx = (curve.x[point] as number) - x0;
  const dy = (curve.y[point] as number) - y0;
  const inverse = 1 / (dx * dx + dy * dy + 1e-12);
  const reach = radius + edgeWidth / 2;
  const left = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach));
  const right = Math.min(digitSide - 1, Math.floor(Math.max(x0, x0 + dx) + reach));
  const top = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach));
  const bottom = Math.min(digitSide - 1, Math.floor(Math.max(y0, y0 + dy) + reach));
  for (let row = top; row <= bottom; row++) {
    const v = row - y0;
    for (let column = left; column <= right; column++) {
      const u = column - x0;
      const along = Math.min(1, Math.max(0, (u * dx + v * dy) * inverse));
      const awayX = u - along * dx;
      const awayY = v - along * dy;
      const squared = awayX * awayX + awayY * awayY;
      if (squared >= reach * reach) {
        continue;
      }
      const away = Math.sqrt(squared) - radius;
      const pixel = row * digitSide + column;
      if (away < (distance[pixel] as number)) {
        distance[pixel] = away;
      }
    }
  }
}
