import type { CheckOutcome } from "../../protocol/checks";
import type { BiasRecord } from "../../protocol/bias";

/** A bias check's answer in one sentence: the verdict, the tensors it rests on, and how it was had. */
export function describeBias({ verdict, method, draws, margin, moreDraws, parameters, notes }: BiasRecord): string {
  const how = method === "enumeration" ? "all joint states enumerated" : `${draws} draws`;
  if (verdict === "unbiased") return `unbiased within ${share(margin)} of the gradient (${how})`;
  const named = parameters.filter((parameter) => parameter.verdict === verdict);
  const at = named.map(({ name, relativeBias, interval }) => {
    const found = relativeBias === null ? "" : ` ${share(relativeBias)}`;
    const ends = interval && interval[1] > interval[0] ? ` [${share(interval[0])}, ${share(interval[1])}]` : "";
    return `${name}${found}${ends}`;
  });
  const where = listed(at);
  if (verdict === "biased") return `biased: ${where} of the gradient, margin ${share(margin)} (${how})`;
  const more =
    moreDraws === null ? "how many more draws would decide it is unknown" : `about ${moreDraws} more draws would`;
  return [`cannot tell yet at ${where} (${how}); ${more}`, ...notes].join("; ");
}

/** A variance check's answer in one sentence. */
export function describeVariance({ verdict, draws, parameters }: NonNullable<CheckOutcome["variance"]>): string {
  const how = draws === null ? "all joint states enumerated" : `${draws} draws`;
  if (verdict === "below") return `below the recorded bound at every parameter (${how})`;
  const at = parameters
    .filter((parameter) => parameter.verdict === verdict)
    .map(({ name, variance, interval, bound }) => {
      const ends = interval && interval[1] > interval[0] ? ` [${number(interval[0])}, ${number(interval[1])}]` : "";
      return `${name} ${variance === null || interval === null ? "unknown" : number(variance)}${ends}, bound ${number(bound)}`;
    });
  if (verdict === "above") return `above the recorded bound: ${listed(at)} (${how})`;
  return `cannot tell: ${listed(at)} (${how}); raise "draws"`;
}

/** The first few of a list. */
const listed = (items: readonly string[]): string =>
  items.length > 3 ? `${items.slice(0, 3).join(", ")} and ${items.length - 3} more` : items.join(", ");

const number = (value: number | null): string => (value === null ? "none" : String(Number(value.toPrecision(3))));

const share = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;
