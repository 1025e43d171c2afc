import { tf } from "./tf";

/**
 * The same values as a constant: no gradient flows through the result. Runs no kernel and copies nothing; the result shares
 * the data, counts as one more reference to it and is disposed like any other tensor.
 */
export function detach<T extends tf.Tensor>(x: T): T {
  const engine = tf.engine();
  const backend = engine.state.tensorInfo.get(x.dataId)?.backend ?? engine.backend;
  backend.incRef(x.dataId);
  return engine.makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }, backend) as T;
}
