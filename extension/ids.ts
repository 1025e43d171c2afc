/** Every id that the manifest and the code share; a test compares the two. */
export const commandIds = {
  train: "gradlens.train",
  debug: "gradlens.debug",
  pause: "gradlens.pause",
  resume: "gradlens.resume",
  stop: "gradlens.stop",
  changeEstimator: "gradlens.changeEstimator",
  checkBias: "gradlens.checkBias",
  toggleBiasWatch: "gradlens.toggleBiasWatch",
  compareEstimators: "gradlens.compareEstimators",
  replayStep: "gradlens.replayStep",
  sweep: "gradlens.sweep",
  showPanels: "gradlens.showPanels",
  toggleInline: "gradlens.toggleInline",
  diagnoseEngine: "gradlens.diagnoseEngine",
  showLog: "gradlens.showLog",
  installNative: "gradlens.installNative",
  restartEngine: "gradlens.restartEngine",
  resumeRun: "gradlens.resumeRun",
  exportReport: "gradlens.exportReport",
  revealRun: "gradlens.revealRun",
  refreshRuns: "gradlens.refreshRuns",
  showParameter: "gradlens.showParameter",
  revealSource: "gradlens.revealSource",
  showTestResult: "gradlens.showTestResult",
  openSettings: "gradlens.openSettings",
  newModelFile: "gradlens.newModelFile",
  setUpTypes: "gradlens.setUpTypes",
} as const;

export const viewIds = { container: "gradlens", parameters: "gradlens.parameters", runs: "gradlens.runs" } as const;

/** Type of launch configurations. */
export const debugType = "gradlens";

export const panelViewType = "gradlens.panels";

export const statusItemId = "gradlens.status";

export const contextKeys = {
  engineState: "gradlens.engineState",
  runState: "gradlens.runState",
  isModelFile: "gradlens.isModelFile",
} as const;

export const colorIds = {
  foreground: "gradlens.inlineForeground",
  lowSnr: "gradlens.inlineLowSnrForeground",
  unknown: "gradlens.inlineUnknownForeground",
  background: "gradlens.inlineBackground",
} as const;
