// Installs what is missing: `node test/setup/ensure.mjs [npm] [tools]`, both unless one is named.
import './node-version.mjs';
import { ensurePackages } from './packages.mjs';
import { ensureTools } from './tools.mjs';

const asked = process.argv.slice(2);
const wants = (part) => asked.length === 0 || asked.includes(part);

if (wants('npm')) await ensurePackages();
if (wants('tools')) await ensureTools();
