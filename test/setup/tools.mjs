// What the tests need besides npm packages: a Chromium, fonts for Korean, OpenSSL, tshark.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp, say } from './report.mjs';
import { capture, has, root, run } from './run.mjs';

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const chromiumPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The browser that the tests drive: `CHROMIUM_PATH`, else one on the path, else Playwright's own; null where there is none.
 */
export async function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) return existsSync(chosen) ? chosen : null;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => chromiumNames.map((name) => join(folder, name)));
  const found = [...onPath, ...chromiumPlaces].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const { chromium } = await import('playwright-core');
  const own = chromium.executablePath();
  return own !== '' && existsSync(own) ? own : null;
}

/** Installs what is missing, or ends with a message that says what to install. */
export async function ensureTools() {
  const wanted = await missingTools();
  if (wanted.length > 0 && canInstallDebianPackages()) await installDebianPackages(wanted);
  if ((await findChromium()) === null) {
    say('Installing Chromium (Playwright) …');
    await run(process.execPath, [join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium']);
  }
  const missing = await missingTools();
  if (missing.includes('chromium')) {
    giveUp(
      'There is no Chromium to test with.',
      'Install one (Debian: apt install chromium), or name it: CHROMIUM_PATH=…',
    );
  }
  if (missing.includes('openssl')) {
    giveUp(
      'There is no openssl to test with.',
      'Install OpenSSL 3 (Debian: apt install openssl; macOS: brew install openssl@3).',
    );
  }
  if (missing.includes('tshark')) {
    giveUp(
      'There is no tshark to test with.',
      'Install Wireshark’s tshark 4 (Debian: apt install tshark; macOS: brew install wireshark).',
    );
  }
}

async function missingTools() {
  const missing = [];
  if ((await findChromium()) === null) missing.push('chromium');
  if (!has('openssl', 'version')) missing.push('openssl');
  if (!has('tshark', '--version')) missing.push('tshark');
  if (!(await hasKoreanFont())) missing.push('fonts-noto-cjk');
  return missing;
}

/** Other systems bring such a font; where nothing can tell, one is assumed. */
async function hasKoreanFont() {
  if (process.platform !== 'linux') return true;
  if (!has('fc-list')) return !canInstallDebianPackages();
  return (await capture('fc-list', [':lang=ko', 'family'])).output.trim() !== '';
}

function canInstallDebianPackages() {
  return process.platform === 'linux' && process.getuid?.() === 0 && has('apt-get');
}

/** Another apt may hold the lock, and an old list of packages may name files that are gone: hence the tries. */
async function installDebianPackages(names) {
  say(`Installing ${names.join(', ')} (apt) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  for (let attempt = 1; attempt <= 3; attempt++) {
    await capture('apt-get', [...patient, 'update'], { env });
    const { code, output } = await capture(
      'apt-get',
      [...patient, '--no-install-recommends', 'install', ...names],
      { env },
    );
    if (code === 0) return;
    say(output.split('\n').slice(-12).join('\n'));
  }
}
