import { ChosenNoise, keyOf } from "./chosenNoise";
import { gaussLegendre } from "./gridNoise";
import type { PlainNet } from "./plainNet";

/** Points of a rule for the noise of two nodes of one bit, a and b, and each point's weight. */
export interface PairRule {
  readonly noise: ChosenNoise;
  readonly weights: readonly number[];
}

interface Point {
  /** By node and stream. */
  readonly at: ReadonlyMap<string, number>;
  readonly weight: number;
}

/** Stream behind a relaxed value given the drawn one. */
const CONDITIONAL = 2;
/** Points of a piece where a value moves smoothly with its uniform: fewer the more such uniforms there are. */
const SMOOTH = 16;
const SMOOTH_OF_THREE = 12;
const SMOOTH_OF_FOUR = 8;

const conditional = ["rebar", "relax"];
const relaxed = ["gumbel-softmax", "st-gumbel-softmax"];
const antithetic = ["arm", "disarm"];

/**
 * A product rule over the uniforms that two estimators read: Gauss–Legendre between the places where a value jumps. Where nothing but jumps
 * comes of a uniform, or it is met linearly (ARM), the midpoint is exact.
 * @returns null where the rule would have more rows than that
 */
export function pairRule(
  net: PlainNet,
  above: string,
  below: string,
  numSamples: number,
  maxRows: number,
): PairRule | null {
  const logit = (node: string, a: number): number => logitOf(net, node, a);
  const points: Point[] = [];
  const smooth = conditional.includes(above) ? SMOOTH_OF_FOUR : conditional.includes(below) ? SMOOTH_OF_THREE : SMOOTH;
  const smoothAbove = conditional.includes(above) || relaxed.includes(above);
  const smoothBelow = conditional.includes(above) || conditional.includes(below) || relaxed.includes(below);
  for (const u of pieces(thresholds([logit("a", 0)], above), smoothAbove ? smooth : 1)) {
    const parents = parentsOf(above, u.x, logit("a", 0));
    const cuts = thresholds(
      parents.map((a) => logit("b", a)),
      below,
    );
    for (const v of gaussLegendre(conditional.includes(above) ? smooth : 1, 0, 1))
      for (const uBelow of pieces(cuts, smoothBelow ? smooth : 1))
        for (const vBelow of gaussLegendre(conditional.includes(below) ? smooth : 1, 0, 1))
          points.push({
            at: new Map([
              [keyOf("a", 0), u.x],
              [keyOf("a", CONDITIONAL), v.x],
              [keyOf("b", 0), uBelow.x],
              [keyOf("b", CONDITIONAL), vBelow.x],
            ]),
            weight: u.weight * v.weight * uBelow.weight * vBelow.weight,
          });
  }
  const numRows = points.length ** numSamples;
  if (numRows > maxRows) return null;
  const chosen = (row: number, sample: number): Point =>
    points[Math.floor(row / points.length ** sample) % points.length]!;
  const uniforms = new Map(
    [...points[0]!.at.keys()].map((key) => [
      key,
      Float32Array.from({ length: numSamples * numRows }, (_, i) =>
        chosen(i % numRows, Math.floor(i / numRows)).at.get(key)!,
      ),
    ]),
  );
  const weights = Array.from({ length: numRows }, (_, row) => {
    let weight = 1;
    for (let sample = 0; sample < numSamples; sample++) weight *= chosen(row, sample).weight;
    return weight;
  });
  return { noise: new ChosenNoise(uniforms, numSamples, numRows), weights };
}

/** The logit of a bit given a, in a net whose b follows a. */
function logitOf(net: PlainNet, node: string, a: number): number {
  const x = net.rows[0];
  const [p] = net.mean(node, new Map([["a", [a]], ...(x ? [["x", x] as const] : [])]));
  return Math.log(p! / (1 - p!));
}

/** Values of a that b's distribution is seen at. */
function parentsOf(above: string, u: number, logit: number): readonly number[] {
  if (above === "mean-passing") return [sigmoid(logit)];
  if (above === "gumbel-softmax") return [sigmoid((logit + Math.log(u / (1 - u))) / 0.5)];
  return [0, 1];
}

/** Where bits of these logits jump: at 1 − p, and the opposite one at p. */
function thresholds(logits: readonly number[], id: string): readonly number[] {
  return logits.flatMap((a) => (antithetic.includes(id) ? [sigmoid(-a), sigmoid(a)] : [sigmoid(-a)]));
}

function pieces(cuts: readonly number[], count: number): readonly { readonly x: number; readonly weight: number }[] {
  const ends = [0, ...[...cuts].sort((a, b) => a - b), 1];
  return ends.slice(1).flatMap((end, i) => gaussLegendre(count, ends[i]!, end));
}

function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}
