import type { DatasetDescription } from "../dataset";
import { loadMnist, mnistPaths } from "./mnist";

/** MNIST whose pixels are drawn anew at every visit with their grey values as probabilities. */
export const mnistStochastic: DatasetDescription = {
  id: "mnist-stochastic",
  title: "MNIST, binarised at every visit",
  summary: "MNIST with each pixel of x drawn as 0 or 1 at every visit, labels; 50 000 train, 10 000 valid, 10 000 test",
  needsFiles: mnistPaths,
  load: async (options) => ({ ...(await loadMnist("mnist-stochastic", options)), binarization: "stochastic" }),
};
