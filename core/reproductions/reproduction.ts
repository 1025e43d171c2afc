/** What a reproduction measures, as JSON names it and as people read it. */
export interface Quantity {
  readonly id: string;
  /** With its unit: `test −log p(x), nats`. */
  readonly title: string;
  /** Decimals people read; three significant digits when left out. */
  readonly decimals?: number;
}

/** A number that a paper prints. */
export interface Published {
  readonly value: number;
  /** Over the paper's own runs, where it prints one. */
  readonly standardDeviation?: number;
}

/** How long a reproduction trains and how closely it measures. Options of the command line replace single fields. */
export interface Budget {
  /** Independent runs of every row, seeds N, N + 1, … */
  readonly runs: number;
  /** Length of training; epochs where a data set is read. None where nothing is trained. */
  readonly steps?: number;
  readonly epochs?: number;
  /** Test examples that are evaluated. */
  readonly examples?: number;
  /** Importance samples of the test likelihood. */
  readonly likelihoodSamples?: number;
  /** Estimates of a gradient where a variance is measured. */
  readonly draws?: number;
}

/** One number of one run. */
export interface Reading {
  readonly quantity: string;
  /** Step of training at which it was taken; null where nothing is trained or only the end counts. */
  readonly step: number | null;
  readonly value: number;
  /** Of the value within this run, over examples or draws; null where it is not known, 0 where it is exact. */
  readonly standardError: number | null;
  /** Per test example, where another row saw the same examples and the difference is of interest. */
  readonly perExample?: readonly number[];
}

/** What a row needs to run once. */
export interface RunContext {
  readonly budget: Budget;
  readonly seed: number;
  /** Data set that replaces the paper's, if asked for. */
  readonly dataset: string | undefined;
  readonly dataFolder: string | undefined;
  /** Folder of the model files. */
  readonly examples: string;
  /** Share of this run that is done, and what it is at. */
  progress(share: number, text: string): void;
  stopped(): boolean;
}

/** One line of a table, or one curve of a figure. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  /** By quantity; what the paper does not print is not here. */
  readonly published?: Readonly<Record<string, Published>>;
  /** The paper's data set; null where none is read. */
  readonly dataset: string | null;
  /** One run; null when told to stop. */
  run(context: RunContext): Promise<readonly Reading[] | null>;
}

/** One number of the answer: a row's quantity at a step, over its runs. */
export interface Entry {
  readonly labels: Readonly<Record<string, string>>;
  readonly quantity: string;
  readonly step: number | null;
  readonly published: Published | null;
  /** Null when not (yet) run. */
  readonly measured: Measured | null;
}

export interface Measured {
  /** Mean over runs. */
  readonly value: number;
  /** Over runs where there are at least two, else within the one run; null when unknown. */
  readonly standardError: number | null;
  readonly runs: number;
  readonly standardErrorOver: "runs" | "examples";
}

/** Numbers of a finished or broken-off reproduction, by row. */
export interface Results {
  readonly entries: readonly Entry[];
  /** Entries of rows whose labels include all of these. */
  of(quantity: string, labels: Readonly<Record<string, string>>): readonly Entry[];
  /** The same at the last step. */
  last(quantity: string, labels: Readonly<Record<string, string>>): Measured | null;
  /** Mean of a − b over the test examples that both rows saw, with its standard error; null where they saw none in common. */
  difference(
    quantity: string,
    a: Readonly<Record<string, string>>,
    b: Readonly<Record<string, string>>,
  ): { readonly value: number; readonly standardError: number } | null;
}

/** A sentence of the paper that the numbers can speak to. */
export interface Claim {
  readonly text: string;
  /** Null: the numbers at hand cannot tell. */
  check(results: Results): { readonly holds: boolean | null; readonly why: string };
}

/** A table or figure of a paper. */
export interface Reproduction {
  /** `seed3-figure1`; never changes. */
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly paper: { readonly seed: number; readonly authors: string; readonly title: string; readonly year: number };
  /** Place in the paper: `figure 1`. */
  readonly where: string;
  readonly title: string;
  /** The paper's setting, in sentences. */
  readonly setting: string;
  /** `small` takes minutes; `full` is the paper's, or as near as the paper lets one know. */
  readonly budgets: { readonly small: Budget; readonly full: Budget };
  /** What the paper's own budget was, in words. */
  readonly paperBudget: string;
  readonly quantities: readonly Quantity[];
  readonly rows: readonly Row[];
  /** Labels within which rows compete: the paper's order of them is compared with ours. */
  readonly orderWithin?: readonly string[];
  readonly claims: readonly Claim[];
  /** Where the paper is vague or wrong, and what was done; what else to know when reading the numbers. */
  readonly notes: readonly string[];
}
