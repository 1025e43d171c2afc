/** What a model file imports from "gradlens". */
export { tf } from "./backends/tf";
export { defineModel, type ModelOptions } from "./model/defineModel";
export { parameter } from "./model/parameter";
export { dense, type DenseOptions } from "./model/dense";
export { sample, type SampleOptions } from "./model/sample";
export { observe } from "./model/observe";
export { cost } from "./model/cost";
export { stopGradient } from "./model/stopGradient";
export { glorotUniform, normalInit, uniform, zeros } from "./model/initializers";
export { bernoulli } from "./distributions/bernoulli";
export { categorical } from "./distributions/categorical";
