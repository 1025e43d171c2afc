const known = new WeakMap<Float32Array, boolean>();

/** Whether all values lie in [0, 1]. Looked at once for each array: a data set's values never change. */
export function isInUnit(values: Float32Array): boolean {
  const found = known.get(values) ?? values.every((value) => value >= 0 && value <= 1);
  known.set(values, found);
  return found;
}
