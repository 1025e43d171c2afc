import { webgpuEnvironment } from "../webgpu/webgpuEnvironment";

/** Environment of tests that compute with a back end. @throws Unavailable where this machine cannot have WebGPU */
export async function backendEnvironment(backend: string | undefined): Promise<NodeJS.ProcessEnv> {
  if (backend === undefined) return process.env;
  const adapter = backend === "webgpu" ? await webgpuEnvironment() : {};
  return { ...process.env, ...adapter, GRADLENS_TEST_BACKEND: backend };
}
