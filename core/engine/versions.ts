import { version } from "../../package.json";
import { tf } from "../backends/tf";
import type { Versions } from "../report/report";

/** Of everything that the numbers of a run come from. */
export function versions(): Versions {
  return { gradlens: version, node: process.version, tensorflow: tf.version_core };
}
