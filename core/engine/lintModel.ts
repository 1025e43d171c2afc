import { checkLints, type LintRequest } from "../diagnostics/lints/checkLints";
import { lints } from "../diagnostics/lints/registry";
import { overall } from "../diagnostics/bias";
import { sequentialBias } from "../diagnostics/sequentialBias";
import type { Sliced } from "../diagnostics/sliced";
import { unbiasedReference } from "../diagnostics/unbiasedReference";
import { specText } from "../estimators/estimatorSpec";
import { formatShare } from "../format";
import type { FindingBias, LintFinding } from "../protocol/lints";
import { disposeAll } from "./checkSubject";
import { ALPHA, margins } from "./measureBias";
import type { Prepared } from "./prepare";

interface Looked extends LintRequest, Pick<Prepared, "chooseEstimators"> {
  /** Measure the biases that findings speak of; yes when left out. */
  readonly measure?: boolean;
  /** Time after which no more is drawn for a node, 2 s when left out; the first pass is always done. */
  readonly limitMs?: number;
}

/** Rows of gradients, draws × examples: enough to see a bias of the gradient's own size beside most noise. */
const ROWS = 2048;
const LIMIT_MS = 2000;
/** Parameters that a message names. */
const NAMED = 3;
const measuring = new Set(lints.flatMap(({ id, measuresBias }) => (measuresBias ? [id] : [])));

/** What the lints find in a model at its present parameters; findings about a bias say how large it was found to be. */
export function* lintModel(request: Looked): Sliced<readonly LintFinding[]> {
  const measured = new Map<string, FindingBias | null>();
  const findings: LintFinding[] = [];
  for (const finding of checkLints(request)) {
    const { lint, node, message } = finding;
    if (!measuring.has(lint) || request.measure === false) {
      findings.push(finding);
      continue;
    }
    if (!measured.has(node)) measured.set(node, yield* biasOfNode(request, node));
    const bias = measured.get(node)!;
    findings.push({ ...finding, message: `${message}; ${told(bias)}`, ...(bias ? { bias } : {}) });
  }
  return findings;
}

/** Bias of one node's estimator, unbiased ones standing at all others; null where nothing unbiased is there to compare with. */
function* biasOfNode(request: Looked, node: string): Sliced<FindingBias | null> {
  const { structure, specs, objective, chooseEstimators } = request;
  const compared = unbiasedReference(structure, specs, objective.id, { flips: true });
  if (!compared) return null;
  const reference = { id: compared.text, ...chooseEstimators(compared.text) };
  const own = chooseEstimators(
    specText(new Map([...reference.specs].map(([name, spec]) => [name, name === node ? specs.get(node)! : spec]))),
  );
  try {
    const margin = margins.sample;
    const draws = Math.ceil(ROWS / request.batchSize);
    const limits = { draws, limitMs: request.limitMs ?? LIMIT_MS, minRows: ROWS, margin, alpha: ALPHA };
    const report = yield* sequentialBias({ ...request, ...own, reference, ...limits, exactReference: false });
    const parameters = report.parameters.map(({ name, verdict, relativeBias, interval }) => ({
      ...{ name, verdict, relativeBias, interval },
    }));
    return { reference: compared.text, draws: report.draws!, margin, level: 1 - ALPHA, parameters };
  } finally {
    [reference, own].forEach(disposeAll);
  }
}

/** The bias that was found, as a clause. */
function told(bias: FindingBias | null): string {
  if (!bias) return "how large the bias is, is unknown: no unbiased estimator serves every node to compare with";
  const { draws, margin, level, parameters } = bias;
  const biased = parameters
    .filter(({ verdict }) => verdict === "biased")
    .sort((a, b) => (b.relativeBias ?? Infinity) - (a.relativeBias ?? Infinity));
  const open = parameters.filter(({ verdict }) => verdict === "undecided").length;
  const at = `at these parameters, by ${draws} draws`;
  if (biased.length > 0) {
    const named = biased.slice(0, NAMED).map(({ name, relativeBias, interval }) => {
      if (relativeBias === null || !interval) return `"${name}", whose gradient is not told from zero`;
      return `"${name}" by ${formatShare(relativeBias)} of its gradient (${formatShare(interval[0])} to ${formatShare(interval[1])} at ${formatShare(level)})`;
    });
    const more = biased.length > NAMED ? ` and ${biased.length - NAMED} more` : "";
    const rest = open > 0 ? `; ${open} of ${parameters.length} parameters stay unknown` : "";
    return `biased ${at}: ${named.join(", ")}${more}${rest}`;
  }
  if (overall(parameters.map(({ verdict }) => verdict)) === "unbiased")
    return `${at} no bias above ${formatShare(margin)} of a parameter's gradient`;
  const most = Math.max(...parameters.map(({ interval }) => interval?.[1] ?? Infinity));
  const bound = Number.isFinite(most) ? `, at most ${formatShare(most)} of a parameter's gradient` : "";
  return `how biased is unknown ${at}${bound}`;
}
