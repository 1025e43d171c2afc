export { bernoulliGradLogits, bernoulliLogProb, scaleRows } from "./bernoulli";
export { categoricalGradLogits, categoricalGradValue, categoricalLogProb } from "./categorical";
export { changedRows } from "./changedRows";
export { bernoulliDraw, multiplyInto, sigmoidInto, softplusInto } from "./elementwise";
export { matMul, workspaceBytes } from "./matMul";
export { adam, momentum } from "./optimizers";
export { categoricalDraw, gammaProposals, quantiles } from "./quantiles";
export { columnSums, rowSquaredNorms, rowSums } from "./reduce";
export { fillUniform } from "./threefry";
