import { getGradient, type GradConfig, registerGradient, unregisterGradient } from "@tensorflow/tfjs-core";
import { parseAxisParam } from "@tensorflow/tfjs-core/dist/util";

/**
 * The package's gradient of `tf.prod` takes axes from the front only and fails on the negative ones that model code uses. This one
 * counts them from the front first.
 */
export function mendProdGradient(): void {
  const original = getGradient("Prod");
  const mended: GradConfig = {
    ...original,
    gradFunc: (dy, saved, attrs) => {
      const shape = saved[0]!.shape;
      const axis = (attrs as { axis?: number | number[] }).axis;
      return original.gradFunc(dy, saved, { ...attrs, axis: parseAxisParam(axis ?? shape.map((_, i) => i), shape) });
    },
  };
  unregisterGradient("Prod");
  registerGradient(mended);
}
