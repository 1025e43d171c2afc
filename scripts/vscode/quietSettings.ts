/** Settings that keep a window quiet: no welcome page, no network, no animation, no chat. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false, // it hides the right end of inline text
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.hotExit": "off",
  "files.simpleDialog.enable": true,
  "git.openRepositoryInParentFolders": "never",
  "json.schemaDownload.enable": false,
  "npm.autoDetect": "off",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "typescript.disableAutomaticTypeAcquisition": true,
  "update.mode": "none",
  "window.menuBarVisibility": "compact",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** More of the same for tests, where every picture must come out the same. */
export const testSettings: Readonly<Record<string, unknown>> = {
  ...quietSettings,
  "editor.cursorBlinking": "solid",
  "git.enabled": false,
  "workbench.colorTheme": "Default Dark Modern", // otherwise what the browser prefers: light when headless
  "workbench.list.smoothScrolling": false,
  "workbench.reduceMotion": "on",
};
