import type { Budget } from "../core/reproductions/reproduction";

/** A budget in words: `60 runs (12 rows, 5 each) of 3000 steps, variance from 200 draws`. */
export function budgetText(budget: Budget, rows?: number): string {
  const { runs, steps, epochs, examples, likelihoodSamples, draws } = budget;
  const each = runs === 1 ? "1 run of every row" : `${runs} runs of every row`;
  return [
    rows === undefined ? each : `${each}, ${rows} rows`,
    ...(steps === undefined ? [] : [`${count(steps, "step")} of training`]),
    ...(epochs === undefined ? [] : [`${count(epochs, "epoch")} of training`]),
    ...(examples === undefined ? [] : [`the first ${examples} test examples`]),
    ...(likelihoodSamples === undefined ? [] : [`${count(likelihoodSamples, "importance sample")} each`]),
    ...(draws === undefined ? [] : [`variances from ${count(draws, "draw")}`]),
  ].join(", ");
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
