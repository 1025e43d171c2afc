import { GradlensError } from "../errors";

/** The fields of a header-less CSV of plain fields (no quoting); empty lines are skipped, other lines must have `columns`. */
export function parseCsv(text: string, file: string, columns: number): string[][] {
  const rows: string[][] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "") {
      return;
    }
    const fields = line.split(",").map((field) => field.trim());
    if (fields.length !== columns) {
      throw new GradlensError(
        "GL2030",
        `${file}:${index + 1}: expected ${columns} comma-separated fields, found ${fields.length}; fetch the file again`,
      );
    }
    rows.push(fields);
  });
  if (rows.length === 0) {
    throw new GradlensError("GL2031", `${file}: expected rows of ${columns} fields, found none; fetch the file again`);
  }
  return rows;
}

/** A field as a finite number, or one sentence that names row and column (both from 1). */
export function csvNumber(field: string | undefined, file: string, row: number, column: number): number {
  const value = field === undefined || field === "" ? Number.NaN : Number(field);
  if (!Number.isFinite(value)) {
    throw new GradlensError(
      "GL2032",
      `${file}: expected a number in row ${row}, column ${column}, found ${JSON.stringify(field ?? "")}; fetch the file again`,
    );
  }
  return value;
}
