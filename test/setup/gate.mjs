// `npm test`: installs what is missing, then runs every check. `npm test -- unit lint` runs only those named.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = (name) => join('node_modules', '.bin', name);
const reports = mkdtempSync(join(tmpdir(), 'svidlab-gate-'));
const vitest = (project) => [
  bin('vitest'),
  'run',
  '--config',
  'test/vitest.config.ts',
  '--project',
  project,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(reports, `${project}.json`)}`,
];

const checks = [
  ['format', [bin('prettier'), '--check', '--log-level=warn', '.']],
  ['messages', [process.execPath, 'test/setup/compile-messages.mjs']],
  ['lint', [bin('eslint'), '--max-warnings=0', '.']],
  ['types', [bin('tsc'), '--noEmit']],
  ['types of core', [bin('tsc'), '--noEmit', '-p', 'src/core/tsconfig.json']],
  ['types of views', [bin('svelte-check'), '--fail-on-warnings', '--output', 'human']],
  ['import direction', [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src']],
  ['dead code', [bin('knip')]],
  ['unit', vitest('unit')],
  ['lessons', vitest('lessons')],
  ['interop', vitest('interop')],
  ['build', [bin('vite'), 'build', '--logLevel', 'warn']],
  ['browsers', vitest('e2e')],
];

installPackages();
const { installTools } = await import('./tools.mjs');
await installTools();

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no check ${unknown.join(', ')}; there are: ${checks.map(([name]) => name).join(', ')}`);
  process.exit(2);
}

const results = [];
for (const [name, [command, ...parameters]] of checks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const began = performance.now();
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  results.push({ name, ok: status === 0, seconds: (performance.now() - began) / 1000 });
}

const counts = { passed: 0, failed: 0 };
for (const { name, ok } of results) {
  const report = reportOf(name === 'browsers' ? 'e2e' : name);
  if (report) {
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests + (ok || report.numFailedTests > 0 ? 0 : 1);
  } else counts[ok ? 'passed' : 'failed'] += 1;
}
rmSync(reports, { recursive: true, force: true });

console.log('\n── summary');
for (const { name, ok, seconds } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${seconds.toFixed(1).padStart(7)} s`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);

function reportOf(project) {
  try {
    return JSON.parse(readFileSync(join(reports, `${project}.json`), 'utf8'));
  } catch {
    return null;
  }
}
