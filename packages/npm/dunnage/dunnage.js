#!/usr/bin/env node
// Runs the program of the package for this system.
const {spawnSync} = require("node:child_process");
const names = Object.keys(require("./package.json").optionalDependencies);
const program = process.platform === "win32" ? "dunnage.exe" : "dunnage";
const found = names.flatMap((name) => {
  try { return [require.resolve(`${name}/bin/${program}`)]; } catch { return []; }
});
if (found.length === 0) {
  console.error(`dunnage: no package for ${process.platform} ${process.arch} is installed; there are: ${names.join(", ")}`);
  process.exit(2);
}
const run = spawnSync(found[0], process.argv.slice(2), {stdio: "inherit"});
if (run.error) throw run.error;
if (run.signal) process.kill(process.pid, run.signal);
process.exit(run.status);
