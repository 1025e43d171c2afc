/** The Python that GRADLENS_PEER_PYTHON names, which has PyTorch; null, and said, where it names none. The library here then takes as many threads. */
export function peerPython(threads: number): string | null {
  const python = process.env["GRADLENS_PEER_PYTHON"];
  if (!python) {
    console.log("left out: GRADLENS_PEER_PYTHON names no Python that has PyTorch");
    return null;
  }
  process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  return python;
}
