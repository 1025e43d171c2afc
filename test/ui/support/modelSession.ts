import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { modelWorkspace } from "./models";
import { type Session, type SessionOptions, startSession } from "./session";

export interface ModelSessionOptions extends Omit<SessionOptions, "workspace"> {
  /** Texts that are written beside the models, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A window on a copy of the models for tests, which goes when it is stopped. */
export interface ModelSession extends Session {
  readonly folder: string;
}

export async function startModelSession(options: ModelSessionOptions = {}): Promise<ModelSession> {
  const { files = {}, viewport, settings, ...others } = options;
  const { folder, remove } = modelWorkspace();
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const session = await startSession({
      ...others,
      workspace: folder,
      // The copied models lie outside the project, where TypeScript does not find "gradlens".
      settings: { "typescript.validate.enable": false, ...settings },
    });
    if (viewport) await session.page.setViewportSize(viewport);
    return { ...session, folder, stop: () => session.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
