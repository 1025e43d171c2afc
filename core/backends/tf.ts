/**
 * The one door to TensorFlow.js: everything else says `import { tf } from ".../backends/tf"`.
 *
 * Gradients and chained methods (`x.mul(y).sum(-1)`) are registered here, since the package leaves both to its union package.
 * Engine, kernel and gradient registries live on the global object, so there is one of each however the files are resolved.
 */
import { engine, env } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import { mendProdGradient } from "./prodGradient";
import { mendTileGradient } from "./tileGradient";
import { leanEngine } from "./leanEngine";
import { announceOperations } from "./recordedOperations";
import { saveWithoutCopies } from "./savedTensor";

saveWithoutCopies(engine());
leanEngine(engine());
announceOperations(engine());
mendProdGradient();
mendTileGradient();
env().set("PROD", true); // no greeting on standard error; changes nothing else

export * as tf from "@tensorflow/tfjs-core";
