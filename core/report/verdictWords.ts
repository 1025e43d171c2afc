/** Verdicts as a report says them. */
export const verdictWords = { unbiased: "unbiased", biased: "biased", undecided: "cannot tell yet" } as const;
