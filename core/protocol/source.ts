/** A place in a model file; line and column count from 1, as people do. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
