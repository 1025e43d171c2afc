/** Arrays per element are always given for tensors of up to this many elements. */
export const SMALL_TENSOR = 64;
