import Module from "node:module";
import { tf } from "../tf";

type Load = (this: unknown, request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;

/**
 * Runs `load` while the files under `folder` get our TensorFlow.js for every package of its family they require, so that
 * there is one engine and none of those packages need be installed.
 *
 * The kernel packages are ES5 and call their base class without `new`; classes of ours are not callable, so the base class
 * is handed out as a function that constructs one.
 */
export function withFacade<T>(folder: string, load: () => T): T {
  const loader = Module as unknown as { _load: Load };
  const original = loader._load;
  const facade = { ...tf, KernelBackend: callable(tf.KernelBackend) };
  loader._load = function (request, parent, isMain) {
    if (parent?.filename?.startsWith(folder)) {
      if (request === "@tensorflow/tfjs" || request === "@tensorflow/tfjs-core") return facade;
      if (request === "./proto/api_pb") return {}; // messages for TensorBoard callbacks, and a dependency of their own
    }
    return original.call(this, request, parent, isMain);
  };
  try {
    return load();
  } finally {
    loader._load = original;
  }
}

/** A base class for ES5 code: `_super.call(this)` constructs an instance of the deriving class. */
function callable(base: typeof tf.KernelBackend): typeof tf.KernelBackend {
  const shim = function (this: object): object {
    return Reflect.construct(base, [], this.constructor) as object;
  };
  shim.prototype = base.prototype;
  return shim as unknown as typeof tf.KernelBackend;
}
