// Runs a TypeScript script of this folder: `node scripts/bootstrap.mjs scripts/test.ts …`. It installs the packages first
// when they are missing or other than package-lock.json says, so that it works straight after a clone. Plain Node only.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Packages of a lockfile that every machine has: path and version. */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(join(root, file), "utf8"));
  return Object.entries(packages).filter(([path, { optional }]) => path !== "" && !optional);
}

function isInstalled() {
  const record = "node_modules/.package-lock.json"; // npm writes it last
  if (!existsSync(join(root, record))) return false;
  const found = new Map(lockedPackages(record));
  return lockedPackages("package-lock.json").every(([path, { version }]) => found.get(path)?.version === version);
}

function install() {
  console.log("Installing packages (npm ci)");
  const npm = process.env.npm_execpath;
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const [command, ...args] = npm?.endsWith(".js") ? [process.execPath, npm, ...options] : ["npm", ...options];
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error || status !== 0)
    fail(`npm could not install the packages${error ? `: ${error.message}` : "; its message is above"}`);
}

/** Ends when npm was killed: the shell between us and npm passes no signal on. */
function endWithNpm() {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 500).unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(`Gradient Lens needs Node 20 or later, found ${process.version}; install a newer one from https://nodejs.org`);
}
const [script, ...rest] = process.argv.slice(2);
if (!script) fail("usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENT…]");
if (!isInstalled()) install();
if (process.env.npm_lifecycle_event) endWithNpm();
process.chdir(root);
process.argv = [process.argv[0], resolve(script), ...rest];
await import("tsx");
await import(pathToFileURL(resolve(script)));
