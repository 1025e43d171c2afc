/** Uniform numbers in [0, 1) by position: the same index always gives the same number. */
export type UniformStream = (index: number) => number;

/** Mixes 32 bits so that every input bit moves every output bit ("lowbias32", C. Wellons' search of integer hashes). */
export function mix32(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Folds a seed and any number of counters (step, epoch, split …) into one 32-bit key; the order of the words matters. */
export function deriveKey(...words: readonly number[]): number {
  let key = 0x9e3779b9;
  for (const word of words) {
    key = mix32(key ^ mix32((word | 0) + 0x85ebca6b));
    key = mix32(key ^ mix32(Math.floor(word / 0x1_0000_0000) + 0x1b873593));
  }
  return key;
}

/** The uniform stream of a key. Serves data only (shuffles, binarisation, procedural sets); a model's noise is Threefry. */
export function uniformStream(key: number): UniformStream {
  const whitened = mix32(key ^ 0x2545f491);
  return (index) => mix32(mix32(index ^ whitened) + key) / 0x1_0000_0000;
}

/** A uniform permutation of 0 … size − 1, the same for the same key (Fisher and Yates's shuffle over the key's stream). */
export function permutation(size: number, key: number): Uint32Array {
  const uniform = uniformStream(key);
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(uniform(last) * (last + 1));
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
