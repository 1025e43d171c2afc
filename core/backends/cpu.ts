import "@tensorflow/tfjs-backend-cpu";
import type { Backend } from "./backend";
import { tf } from "./tf";

/** Plain JavaScript: always there, slow; the reference for the others. */
export const cpu: Backend = {
  id: "cpu",
  title: "JavaScript",
  optIn: false,
  async activate() {
    await tf.setBackend("cpu");
    return "plain JavaScript on one core";
  },
};
