// Installs the npm packages where they are missing or older than the lock file. Plain JavaScript: it runs first.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** Installs what package-lock.json names, unless that is there already. */
export function installPackages() {
  checkNode();
  const lock = new URL('package-lock.json', root);
  const installed = new URL('node_modules/.package-lock.json', root);
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing packages (npm ci) …');
  run(npm(), ['ci', '--no-audit', '--no-fund']);
}

/** Runs a command in the project's folder with its output shown; ends this process where it fails. */
export function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: fileURLToPath(root), stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

export function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`svidlab needs Node 20.19 or newer; this is ${process.version} (${process.execPath}).`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installPackages();
