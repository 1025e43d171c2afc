import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { type BuildContext, type RowRecorder, withBuildContext } from "../model/buildContext";
import { withCallSites } from "../model/callSite";
import type { ModelDefinition, ModelFunctions } from "../model/defineModel";
import { withFixedChance } from "../model/fixedChance";
import { type Parameter, ParameterStore } from "../model/parameterStore";

/** A model with its parameters. Dispose it to free them. */
export class ModelInstance {
  readonly definition: ModelDefinition;
  readonly store: ParameterStore;
  readonly functions: ModelFunctions;
  /** Names of the dense layers, whose two parameters are handled as one. */
  readonly denseNames: ReadonlySet<string>;
  /** Tensors that the build function made and its functions use, such as masks. */
  private readonly owned: tf.Tensor[];

  constructor(definition: ModelDefinition, seed: number) {
    this.definition = definition;
    this.store = new ParameterStore(seed);
    const built = this.build();
    this.functions = built.functions;
    this.denseNames = built.denseNames;
    this.owned = built.owned;
  }

  /** Text that fails half-way has declared parameters, which nobody else would free. */
  private build(): ReturnType<typeof build> {
    try {
      return withCallSites(() => build(this.definition, this.store, null));
    } catch (error) {
      this.store.dispose();
      throw error;
    }
  }

  get parameters(): readonly Parameter[] {
    return this.store.list();
  }

  /** The same functions with every row's gradient kept apart by `rows`; call inside a tidy. */
  functionsByRow(rows: RowRecorder): ModelFunctions {
    return build(this.definition, this.store, rows).functions;
  }

  dispose(): void {
    for (const tensor of this.owned) tensor.dispose();
    this.store.dispose();
  }
}

function build(
  definition: ModelDefinition,
  store: ParameterStore,
  rows: RowRecorder | null,
): { functions: ModelFunctions; denseNames: ReadonlySet<string>; owned: tf.Tensor[] } {
  const context: BuildContext = { store, names: new Set(), denseNames: new Set(), rows };
  const engine = tf.engine();
  engine.startScope(`build ${definition.name}`);
  const scope = engine.state.activeScope;
  let functions: ModelFunctions;
  try {
    functions = withFixedChance(() => withBuildContext(context, definition.build));
    checkFunctions(definition.name, functions);
  } catch (error) {
    engine.endScope();
    throw error;
  }
  // What the text made is kept with the instance; in a row-wise build the caller's tidy owns it.
  const owned = rows ? [] : [...scope.track].filter((tensor) => !tensor.isDisposed);
  engine.endScope(owned.length > 0 || rows ? [...scope.track] : undefined);
  for (const tensor of owned) tf.keep(tensor);
  return { functions, denseNames: context.denseNames, owned };
}

function checkFunctions(name: string, functions: ModelFunctions): void {
  const has = (key: string): boolean =>
    typeof (functions as unknown as Record<string, unknown> | null)?.[key] === "function";
  const program = has("program");
  const pair = has("guide") && has("model");
  if (typeof functions !== "object" || functions === null || program === pair) {
    throw new GradlensError(
      "GL1160",
      `model "${name}" must return either { program } or { guide, model }, got ${describe(functions)}`,
    );
  }
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? "an empty object" : `{ ${keys.join(", ")} }`;
}
