import { existsSync } from "node:fs";

export interface ModelReference {
  readonly file: string;
  readonly exportName: string | undefined;
}

/** Reads `file.ts` or `file.ts#export`; a file whose own name holds the # is taken whole. */
export function modelReference(text: string): ModelReference {
  const at = text.lastIndexOf("#");
  if (at <= 0 || existsSync(text)) return { file: text, exportName: undefined };
  return { file: text.slice(0, at), exportName: text.slice(at + 1) };
}
