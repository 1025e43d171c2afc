import { element } from "../markup";
import type { Section } from "../section";
import { table } from "../table";

/** What the lints found at the last look, each with its line. */
export const lintsSection: Section = {
  id: "lints",
  title: "Lints",
  about: "What may go wrong with the estimators, as the last look beside training found it.",
  none: "Nothing found, or nothing looked at.",
  parts: ({ lints }) =>
    !lints || lints.findings.length === 0
      ? []
      : [
          {
            title: `At step ${lints.step}`,
            picture: null,
            below: [
              table(
                `Findings at step ${lints.step}`,
                ["severity", "node", "line", "finding", "instead"].map((title) => ({ title, words: true })),
                lints.findings.map(({ severity, node, source, message, lint, instead }) => [
                  severity,
                  node,
                  source ? element("a", { href: `#L${source.line}` }, String(source.line)) : null,
                  `${message} (${lint})`,
                  instead.length === 0 ? "no other estimator" : instead.join(", "),
                ]),
              ),
            ],
          },
        ],
};
