import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findBrowser } from "../vscode/browser";

/** Where systems keep the descriptions of Vulkan drivers, and what Mesa's driver without a graphics card is called there. */
const driverFolders = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
const softwareDriver = /^lvp_icd.*\.json$/;

/**
 * Environment in which Dawn finds a Vulkan driver that needs no graphics card: Chromium's SwiftShader, else Mesa's lavapipe. Nothing is
 * set where a driver was already named, or none is found: then the machine's own drivers are tried.
 */
export function softwareAdapter(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (env["VK_DRIVER_FILES"] || env["VK_ICD_FILENAMES"]) return {};
  for (const folder of chromiumFolders()) {
    const driver = join(folder, "vk_swiftshader_icd.json");
    if (!existsSync(driver)) continue;
    // Chromium brings Vulkan's loader along, which a system without graphics lacks.
    const libraries = [env["LD_LIBRARY_PATH"], folder].filter(Boolean).join(delimiter);
    return { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: libraries };
  }
  for (const folder of driverFolders.filter((each) => existsSync(each))) {
    const file = readdirSync(folder).find((name) => softwareDriver.test(name));
    if (file) return { VK_DRIVER_FILES: join(folder, file), VK_ICD_FILENAMES: join(folder, file) };
  }
  return {};
}

function chromiumFolders(): string[] {
  const browser = findBrowser();
  return [...(browser ? [dirname(realpathSync(browser))] : []), "/usr/lib/chromium", "/usr/lib/chromium-browser"];
}
