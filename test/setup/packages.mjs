// The npm packages, as package-lock.json has them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, say } from './report.mjs';
import { npm, root, run } from './run.mjs';

/** Installs the packages of package-lock.json unless exactly they are there. */
export async function ensurePackages() {
  const missing = missingPackage();
  if (missing === null) return;
  say(`Installing packages (${missing}) …`);
  // Not `npm ci`: it refuses a lock that lacks packages for other platforms, as npm writes it where it cannot see them.
  const code = await run(
    npm,
    ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      shell: process.platform === 'win32',
    },
  );
  if (code !== 0)
    giveUp('npm install failed: see above.', 'The packages come from the npm registry: is it reachable?');
}

/** Why an install is needed; null where it is not. npm writes its own list last, so a broken-off install has none. */
function missingPackage() {
  const installed = packagesOf('node_modules/.package-lock.json');
  if (installed === null) return 'none yet';
  for (const [path, { version, optional }] of Object.entries(packagesOf('package-lock.json') ?? {})) {
    if (path === '') continue;
    const found = installed[path];
    // Optional packages are those of other platforms.
    if (found === undefined ? !optional : found.version !== version) {
      return `${path.replace(/^.*node_modules\//, '')} ${version}`;
    }
  }
  return null;
}

function packagesOf(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}
