import { modelWorkspace, type ModelWorkspace } from "./models";
import { type Session, startSession } from "./session";

/** A large window on the models for tests, in which one of them trains from the start. */
export async function startTrainingSession(
  model: string,
): Promise<{ readonly session: Session; readonly workspace: ModelWorkspace }> {
  const workspace = modelWorkspace();
  const session = await startSession({
    workspace: workspace.folder,
    env: { GRADLENS_AUTOSTART: model },
    // The copied models lie outside the project, where TypeScript does not find "gradlens".
    settings: { "typescript.validate.enable": false },
  }).catch((error: unknown) => {
    workspace.remove();
    throw error;
  });
  await session.page.setViewportSize({ width: 1920, height: 1000 });
  return { session, workspace };
}
