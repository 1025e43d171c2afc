import { homedir } from "node:os";
import { join } from "node:path";

/** Where the system keeps what may be deleted at any time, for one user. */
export function cacheFolder(environment = process.env, platform = process.platform): string {
  const home = homedir();
  if (platform === "win32") return join(environment["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "gradlens");
  if (platform === "darwin") return join(home, "Library", "Caches", "gradlens");
  return join(environment["XDG_CACHE_HOME"] || join(home, ".cache"), "gradlens");
}
