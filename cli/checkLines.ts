import { formatInterval, formatNumber, formatShare } from "../core/format";
import type { BiasWatchRecord, CheckedBias } from "../core/protocol/bias";
import { table } from "./table";

/** One check of bias beside training: `step 120  lr unbiased within 5 % (parameters of step 80, 512 draws)`. */
export function checkLine({ until, estimator, verdict, margin, step, draws, parameter }: CheckedBias): string {
  const words = {
    unbiased: `unbiased within ${formatShare(margin)} of the gradient`,
    biased: `biased at ${parameter}`,
    undecided: `undecided at ${parameter}`,
  };
  const how = draws === null ? "all states enumerated" : `${draws} draws`;
  return `step ${until}  ${estimator} ${words[verdict]} (parameters of step ${step}, ${how})`;
}

/** All checks beside training, and what may be said of them together. */
export function checkLines({ checks, refusal }: BiasWatchRecord): readonly string[] {
  const [first] = checks;
  if (!first)
    return [`bias beside training: ${refusal === null ? "no check came to an end" : `not checked: ${refusal}`}`];
  return [
    `bias beside training, each check at the parameters of its step; all verdicts together at ${formatShare(first.level)}`,
    table(
      [
        { title: "step", align: "right" },
        { title: "until", align: "right" },
        { title: "estimator" },
        { title: "verdict" },
        { title: "rests on" },
        { title: "‖bias‖/‖gradient‖", align: "right" },
        { title: "interval", align: "right" },
        { title: "draws", align: "right" },
      ],
      checks.map(({ step, until, estimator, verdict, parameter, relativeBias, interval, draws }) => [
        String(step),
        String(until),
        estimator,
        verdict,
        parameter,
        formatNumber(relativeBias),
        draws === null ? "exact" : formatInterval(interval),
        draws === null ? "all states" : String(draws),
      ]),
    ),
  ];
}
