/** Versions that were tried together: tfjs-node's C API calls work with each of these libraries. */
export const recipes = {
  cpu: { packageName: "tfjs-node", version: "4.22.0", wheel: "tensorflow-cpu", wheelVersion: "2.15.1" },
  gpu: { packageName: "tfjs-node-gpu", version: "4.22.0", wheel: "tensorflow", wheelVersion: "2.21.0" },
} as const;

export type NativeRecipe = (typeof recipes)[keyof typeof recipes];
