/** Prints rows as a Markdown table. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  console.log([line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n"));
}

export function ms(value: number): string {
  return value.toPrecision(3);
}

export function ratio(value: number): string {
  return value.toFixed(2);
}
