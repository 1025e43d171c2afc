import { arithmeticRules } from "./arithmetic";
import { functionRules } from "./functions";
import { piecewiseRules } from "./piecewise";
import type { Rules } from "./rule";
import { structuralRules } from "./structural";

/** Every operation through which series are carried, by TensorFlow.js's kernel name. */
export const taylorRules: Rules = { ...arithmeticRules, ...functionRules, ...piecewiseRules, ...structuralRules };
