import { tf } from "../tf";
import type { Attribute, NativeOperations } from "./nativeOperations";

/**
 * The library's variable that holds the same numbers as a tensor, by the tensor's data: its own training operations work on such
 * variables only. A variable and the tensor that was read from it share their memory.
 */
const variables = new WeakMap<tf.DataId, number>();
let freeing: NativeOperations | undefined;
let made = 0;

/**
 * Runs one of the library's training operations, which change their first operands.
 *
 * @param changed what it changes, in its order; data that others share is left as it is, and the variable gets new
 * @param others the operands after these, by the library's numbers
 */
export function updateInPlace(
  operations: NativeOperations,
  name: string,
  changed: readonly tf.Variable[],
  others: readonly number[],
  attributes: readonly Attribute[],
): void {
  const { backend, floats } = operations;
  const { binding, tensorMap } = backend;
  freeWithData(operations);
  const handles = changed.map((variable) => {
    // A name for the same memory: the operation then copies before it writes, since the others' name is there, too.
    if (backend.refCount(variable.dataId) > 1)
      tf.tidy(() => variable.assign(operations.take(operations.made("Identity", floats, [operations.id(variable)]))));
    return variables.get(variable.dataId) ?? makeVariable(operations, variable);
  });
  // While a tensor names the memory it would be copied.
  for (const { dataId } of changed) binding.deleteTensor(tensorMap.get(dataId).id);
  try {
    binding.executeOp(name, attributes, [...handles, ...others], 0);
  } finally {
    const read = [operations.type("dtype")];
    changed.forEach(({ dataId }, i) => {
      tensorMap.get(dataId).id = binding.executeOp("ReadVariableOp", read, [handles[i]!], 1)[0]!.id;
    });
  }
}

function makeVariable(operations: NativeOperations, variable: tf.Variable): number {
  const { binding } = operations.backend;
  const type = operations.type("dtype");
  const attributes = [
    { name: "shared_name", type: binding.TF_ATTR_STRING, value: `gradlens/${made++}` },
    { name: "shape", type: binding.TF_ATTR_SHAPE, value: variable.shape },
    type,
  ];
  const { id } = binding.executeOp("VarHandleOp", attributes, [], 1)[0]!;
  binding.executeOp("AssignVariableOp", [type], [id, operations.id(variable)], 0);
  variables.set(variable.dataId, id);
  return id;
}

/** Lets a variable of the library go with the data that it holds. */
function freeWithData(operations: NativeOperations): void {
  if (freeing === operations) return;
  freeing = operations;
  const { backend } = operations;
  const dispose = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const gone = dispose(dataId, force);
    const handle = gone ? variables.get(dataId) : undefined;
    if (handle !== undefined) {
      variables.delete(dataId);
      backend.binding.executeOp("DestroyResourceOp", [operations.flag("ignore_lookup_error", true)], [handle], 0);
      backend.binding.deleteTensor(handle);
    }
    return gone;
  };
}
