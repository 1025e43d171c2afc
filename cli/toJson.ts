/** One line of JSON. Typed arrays become arrays; what is no finite number becomes null. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (ArrayBuffer.isView(item) ? [...(item as Float64Array)] : item));
}
