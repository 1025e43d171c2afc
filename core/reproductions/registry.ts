import type { Reproduction } from "./reproduction";
import { seed1Table2 } from "./seed1Table2";
import { seed1Table3 } from "./seed1Table3";
import { seed3Figure1 } from "./seed3Figure1";
import { seed3Figure2 } from "./seed3Figure2";
import { seed3Figure3 } from "./seed3Figure3";
import { seed3Table1 } from "./seed3Table1";
import { seed3Table2 } from "./seed3Table2";
import { seed4Figure1 } from "./seed4Figure1";
import { seed4Table2 } from "./seed4Table2";
import { seed5Binary } from "./seed5Binary";
import { unknownName } from "../unknownName";

/** All tables and figures that can be reproduced, paper after paper. */
export const reproductions: readonly Reproduction[] = [
  seed1Table2,
  seed1Table3,
  seed3Figure1,
  seed3Figure2,
  seed3Figure3,
  seed3Table1,
  seed3Table2,
  seed4Figure1,
  seed4Table2,
  seed5Binary,
];

/** The reproduction of an id or one of its aliases. */
export function reproduction(id: string): Reproduction {
  const found = reproductions.find((candidate) => candidate.id === id || candidate.aliases?.includes(id));
  if (found) return found;
  const known = reproductions.map((candidate) => candidate.id);
  throw unknownName("GL1654", "table", id, known);
}
