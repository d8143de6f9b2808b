// Compiles src/ui/i18n/messages where that is not current. Run by vite.config.ts, and before type checks and tests.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from '@inlang/paraglide-js';

const root = new URL('../../', import.meta.url);
process.chdir(fileURLToPath(root));
const options = JSON.parse(readFileSync(new URL('src/ui/i18n/paraglide.json', root), 'utf8'));

if (!isCurrent()) await compile(options);
// The compiler leaves timers behind that would keep the process for half a minute.
process.exit(0);

function isCurrent() {
  const result = new URL(`${options.outdir}/runtime.js`, root);
  if (!existsSync(result)) return false;
  const messages = new URL('src/ui/i18n/messages/', root);
  const sources = [
    new URL('src/ui/i18n/paraglide.json', root),
    new URL('src/ui/i18n/project.inlang/settings.json', root),
    ...readdirSync(messages).map((name) => new URL(name, messages)),
  ];
  return sources.every((source) => statSync(source).mtimeMs <= statSync(result).mtimeMs);
}
