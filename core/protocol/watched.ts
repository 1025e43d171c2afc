/** What is measured only while somebody looks at it, at most a small share of the time. */
export const watchedViews = ["images", "densities", "refinement"] as const;

export type WatchedView = (typeof watchedViews)[number];

/** One row of pictures: a data input, what a latent node holds, or the mean of an observed node given some latents. */
export interface ImageRow {
  /** `mean-field`: latents at their means; `sample`: at one draw of the guide; `prior`: at one draw of the model's own. */
  readonly kind: "data" | "latent" | "mean-field" | "sample" | "prior";
  /** Data input or node. */
  readonly name: string;
  /** Shape of one picture's values. */
  readonly shape: readonly number[];
  readonly image?: readonly [number, number];
  /** Picture after picture, row-major. */
  readonly values: Float32Array;
  /** Values that stand for the darkest and the brightest shade. */
  readonly range: readonly [number, number];
}

/** Means of one latent node over examples, in two dimensions. */
export interface LatentSpace {
  readonly node: string;
  /** Numbers of one value. */
  readonly units: number;
  /** Two coordinates of each example: the units themselves where there are two, else the first two principal components. */
  readonly points: Float32Array;
  /** Share of the means' variance along each coordinate; null where the units are drawn as they are. */
  readonly explained: readonly [number, number] | null;
}

export interface ImageRecord {
  readonly step: number;
  /** Pictures in every row: test examples from the first on. */
  readonly examples: number;
  readonly rows: readonly ImageRow[];
  readonly latents: readonly LatentSpace[];
  /** Class of each of the latents' examples, where the data set knows it. */
  readonly labels: Uint8Array | null;
}

/** How one parameter's path and score part are distributed: counts of single elements of single examples' gradients. */
export interface PartDensity {
  readonly name: string;
  /** Ends of the bins, which are of equal width. */
  readonly low: number;
  readonly high: number;
  readonly path: Uint32Array;
  readonly score: Uint32Array;
  /** Path and score of the same draw added up. */
  readonly total: Uint32Array;
  /** Values of each part that were counted, those beyond the ends included. */
  readonly values: number;
  /** Share of elements left out because both parts are exactly zero there, as where a pixel has no ink. */
  readonly zeroShare: number;
}

export interface DensityRecord {
  readonly step: number;
  readonly parameters: readonly PartDensity[];
}

/** The bound along the inference steps that refine each example's posterior, on test examples. */
export interface RefinementRecord {
  readonly step: number;
  readonly node: string;
  readonly rate: number;
  readonly examples: number;
  readonly samples: number;
  /** After 0, 1, … steps: mean bound in nats, and what it is above that after 0 steps, both with their standard errors. */
  readonly curve: readonly {
    readonly bound: number;
    readonly boundError: number;
    readonly gain: number;
    readonly gainError: number;
  }[];
}
