import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { GradlensError } from "../../errors";
import type { NativePackage } from "./nativePackage";
import { remedy } from "./nativePackage";

/**
 * Looks at libtensorflow before it is loaded: a library that was cut short would kill the process with SIGBUS.
 *
 * @throws GradlensError when a library is missing or shorter than its own header says (ELF files, so Linux only)
 */
export function checkLibrary({ name, folder }: NativePackage): void {
  if (process.platform !== "linux") return;
  const lib = join(folder, "deps", "lib");
  const files = existsSync(lib) ? readdirSync(lib).filter((file) => file.startsWith("libtensorflow")) : [];
  if (!files.some((file) => /^libtensorflow(_cc)?\.so/.test(file))) {
    throw new GradlensError("GL1353", `libtensorflow is missing, expected it in ${lib}; ${remedy(name)}`);
  }
  for (const file of files) {
    const path = join(lib, file);
    if (!existsSync(path)) throw new GradlensError("GL1353", `${path} is a link to nowhere; ${remedy(name)}`);
    const { size, expected } = elfSize(path);
    if (size < expected) {
      throw new GradlensError(
        "GL1354",
        `${path} was cut short, expected ${expected} bytes, found ${size}; ${remedy(name)}`,
      );
    }
  }
}

/** A file's size, and the size its ELF header announces: the end of the section table, which linkers put last. */
function elfSize(path: string): { size: number; expected: number } {
  const header = Buffer.alloc(64);
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    const read = readSync(file, header, 0, 64, 0);
    if (read < 64) return { size, expected: 64 };
    const elf64 = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1;
    if (!elf64) return { size, expected: 0 };
    return { size, expected: Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60) };
  } finally {
    closeSync(file);
  }
}
