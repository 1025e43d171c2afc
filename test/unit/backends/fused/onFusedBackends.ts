import { onBackends } from "../onBackends";

/** A test on each back end that has operations of ours. */
export function onFusedBackends(title: string, body: () => void | Promise<void>): void {
  onBackends(["wasm", "tensorflow"], title, body);
}
