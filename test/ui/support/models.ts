import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../scripts/lib/root";

export interface ModelWorkspace {
  readonly folder: string;
  remove(): void;
}

/** A copy of the test models as a workspace of its own, so that runs and edits touch nothing else. */
export function modelWorkspace(): ModelWorkspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gradlens-workspace-")));
  cpSync(join(root, "test", "fixtures", "models"), folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
