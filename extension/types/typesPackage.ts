/** Name of the module that model files import. */
export const typesModule = "gradlens";

/** The files of a package that tells TypeScript what model files import: declarations alone, nothing that runs. */
export function typesPackage(declarations: string, version: string): Readonly<Record<string, string>> {
  const manifest = {
    name: typesModule,
    version,
    description:
      "Declarations for Gradient Lens model files, written by its command Set Up Types. The code is in the extension.",
    license: "MIT",
    private: true,
    types: "index.d.ts",
    writtenBy,
  };
  return { "package.json": `${JSON.stringify(manifest, null, 2)}\n`, "index.d.ts": declarations };
}

const writtenBy = "gradient-lens.gradlens";

/** Whether a `package.json` is one of ours, which may be written again. */
export function isTypesPackage(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly writtenBy?: unknown } | null)?.writtenBy === writtenBy;
  } catch {
    return false;
  }
}
