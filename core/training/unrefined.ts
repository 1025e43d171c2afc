import type { ModelDefinition } from "../model/defineModel";

/** What measurements of an estimator leave out where training takes its gradient at refined posteriors; nothing where it does not. */
export function unrefinedNotes({ options }: Pick<ModelDefinition, "options">): readonly string[] {
  return options.inference
    ? [
        "measured at the guide's posterior; training takes the gradient at refined ones (inference), which this does not describe",
      ]
    : [];
}
