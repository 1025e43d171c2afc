// Loaded by VS Code's extension host in place of the tests. It copies console output to a file, synchronously (nothing is
// lost when the host dies), runs the tests and writes their result to a file: VS Code reports success also when its
// extension host was killed during the tests.
const { appendFileSync, writeFileSync } = require("node:fs");
const { format } = require("node:util");

const { GRADLENS_TEST_ENTRY, GRADLENS_TEST_OUTPUT, GRADLENS_TEST_RESULT } = process.env;
let running = true; // what goes wrong while the host shuts down is no longer news
const write = (text) => {
  if (running) appendFileSync(GRADLENS_TEST_OUTPUT, text);
};

exports.run = async () => {
  for (const name of ["log", "info", "warn", "error", "debug"]) {
    // The host defines these with a setter that does nothing, so an assignment would be lost.
    const value = (...args) => write(`${format(...args)}\n`);
    Object.defineProperty(console, name, { configurable: true, writable: true, value });
  }
  process.stdout.write = process.stderr.write = (chunk, encoding, done) => {
    write(String(chunk));
    (typeof encoding === "function" ? encoding : done)?.();
    return true;
  };
  process.on("uncaughtException", (error) => write(`uncaught in the extension host: ${error?.stack ?? error}\n`));
  process.on("unhandledRejection", (error) => {
    const isShutdown = error?.name === "Canceled"; // VS Code's own, by the dozen, when the window goes
    if (!isShutdown) write(`unhandled in the extension host: ${error?.stack ?? error}\n`);
  });
  try {
    await require(GRADLENS_TEST_ENTRY).run();
    writeFileSync(GRADLENS_TEST_RESULT, "passed");
  } catch (error) {
    write(`${error?.stack ?? error}\n`);
    writeFileSync(GRADLENS_TEST_RESULT, "failed");
    throw error;
  } finally {
    running = false;
  }
};
