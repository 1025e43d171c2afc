/** One named input of a split. */
export interface DataArray {
  /** Shape of one example, `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Present when an example is an image, row by row from the top left. */
  readonly image?: readonly [width: number, height: number];
  /** size × prod(shape) numbers, row-major, example after example. */
  readonly values: Float32Array;
}

/** A part of a data set: inputs of the same number of examples, by the name a model's functions receive them under. */
export interface Split {
  readonly size: number;
  readonly inputs: Readonly<Record<string, DataArray>>;
  /** Class of every example, where the set knows it; models do not receive it, pictures are coloured by it. */
  readonly labels?: Uint8Array;
}

/** `none`: already binary, or real-valued by intent. `stochastic`: each pixel of `x` is drawn anew at every visit. */
export type Binarization = "none" | "stochastic";

/** A data set in memory. */
export interface Dataset {
  readonly id: string;
  readonly train: Split;
  readonly valid: Split | null;
  readonly test: Split;
  readonly binarization: Binarization;
}

export interface LoadOptions {
  /** The data folder, or null when there is none (see resolveDataFolder). */
  readonly folder: string | null;
  /** Decides generated sets and random splits; files that are split and binarised already ignore it. */
  readonly seed: number;
  /** At most this many examples in each split, its first ones. */
  readonly limit?: number;
}

/** A data set that can be loaded: one entry of the registry. */
export interface DatasetDescription {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Paths relative to the data folder; empty when the set is built in. */
  readonly needsFiles: readonly string[];
  load(options: LoadOptions): Promise<Dataset>;
}
