// Installs the programs the tests drive: Chromium, a Korean font, openssl.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './install.mjs';

const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const koreanFonts = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

/** Makes sure that a browser, a Korean font and openssl are there; ends the process with a message where it cannot. */
export async function installTools() {
  if (canApt()) installFromDebian();
  else await installFromPlaywright();
  if (!works('openssl')) fail('openssl is missing: install it with the package manager of this machine');
}

function canApt() {
  return works('apt-get') && process.getuid?.() === 0;
}

function installFromDebian() {
  const missing = [];
  if (!chromiumPaths.some((path) => existsSync(path))) missing.push('chromium');
  if (!existsSync(koreanFonts)) missing.push('fonts-noto-cjk');
  if (!works('openssl')) missing.push('openssl');
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')} (apt-get) …`);
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-qq', '-y'];
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  run('apt-get', [...options, 'update']);
  run('apt-get', [...options, 'install', '--no-install-recommends', ...missing]);
}

async function installFromPlaywright() {
  if (chromiumPaths.some((path) => existsSync(path))) return;
  const { chromium } = await import('playwright-core');
  if (existsSync(chromium.executablePath())) return;
  console.log("Installing Playwright's Chromium …");
  run(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium']);
}

/** The browser the tests start. */
export async function chromiumPath() {
  const found = chromiumPaths.find((path) => existsSync(path));
  if (found) return found;
  const { chromium } = await import('playwright-core');
  return chromium.executablePath();
}

function works(command) {
  return spawnSync(command, [command === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
