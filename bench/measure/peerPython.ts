/** The Python that GRADLENS_PEER_PYTHON names, which has PyTorch; null, and said, where it names none. The library here then takes one thread, too. */
export function peerPython(): string | null {
  const python = process.env["GRADLENS_PEER_PYTHON"];
  if (!python) {
    console.log("left out: GRADLENS_PEER_PYTHON names no Python that has PyTorch");
    return null;
  }
  process.env["TF_NUM_INTRAOP_THREADS"] = "1";
  return python;
}
