// Preloaded into VS Code's server: when the script that started it was killed and could not clean up, the server ends
// with all that it forked, and removes its temporary folder.
const { rmSync } = require("node:fs");

if (process.argv[1]?.endsWith("server-main.js")) {
  const parent = process.ppid;
  const temporary = process.env.GRADLENS_TEMPORARY;
  setInterval(() => {
    if (process.ppid === parent) return;
    if (temporary) rmSync(temporary, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
    process.kill(-process.pid, "SIGKILL"); // the server leads its own process group
  }, 1000).unref();
}
