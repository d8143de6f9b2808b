// `npm test`: installs what is missing, then makes every check and counts. `-- --only lint,unit` makes some of them.
import './node-version.mjs';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { atOnce, checks } from './checks.mjs';
import { compileMessages } from './messages.mjs';
import { ensurePackages } from './packages.mjs';
import { bold, dim, giveUp, green, red, say, seconds } from './report.mjs';
import { capture, root } from './run.mjs';
import { ensureTools, findChromium } from './tools.mjs';

const results = join(root, 'test-results');
const longestMs = 25 * 60_000;
const mostLines = 300;

const chosen = chooseChecks();
await ensurePackages();
if (chosen.some(({ tools }) => tools)) await ensureTools();
await compileMessages();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const startedAt = performance.now();
const outcomes = [];
for (let i = 0; i < chosen.length;) {
  let group = 1;
  while (group < atOnce && chosen[i]?.together && chosen[i + group]?.together) group++;
  outcomes.push(...(await Promise.all(chosen.slice(i, i + group).map(make))));
  i += group;
}
summarize();

function chooseChecks() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
  if (values.list) {
    for (const { name, what } of checks) say(`${name.padEnd(8)} ${what}`);
    process.exit(0);
  }
  const names = values.only?.split(',') ?? checks.map(({ name }) => name);
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    giveUp(
      `No check is called ${unknown.join(', ')}.`,
      `There are: ${checks.map(({ name }) => name).join(', ')}`,
    );
  }
  return checks.filter(({ name }) => names.includes(name));
}

async function make(check) {
  const since = performance.now();
  const env = {
    ...process.env,
    ...check.env,
    NO_COLOR: '1',
    CHROMIUM_PATH: check.tools ? await findChromium() : '',
  };
  let code = 0;
  let output = '';
  for (const [program, ...args] of check.commands) {
    const made = await capture(program, [...args, ...reporters(check)], { env, timeout: longestMs });
    code ||= made.code;
    output += made.output;
  }
  const counts = check.suite
    ? countTests(check.suite, code)
    : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  const failed = code !== 0 || counts.failed > 0;
  const ms = performance.now() - since;
  const number = check.suite ? `${counts.passed} tests` : '';
  say(
    `${failed ? red('✗') : green('✓')} ${bold(check.name.padEnd(8))} ${check.what} ${dim(`${number} ${seconds(ms)}`)}`,
  );
  if (failed) say(lastLines(output));
  return { check, failed, ms, ...counts };
}

function reporters({ suite }) {
  if (!suite) return [];
  return ['--reporter=dot', '--reporter=json', `--outputFile.json=${join(results, `${suite}.json`)}`];
}

/** A suite that ran nothing, or broke before it could count, has failed once. */
function countTests(suite, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(results, `${suite}.json`), 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const { numPassedTests: passed, numFailedTests: failed } = report;
  const broken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed };
}

function lastLines(output) {
  const lines = output.trimEnd().split('\n');
  const cut = lines.length - mostLines;
  return [...(cut > 0 ? [dim(`… ${cut} lines before`)] : []), ...lines.slice(-mostLines)]
    .map((line) => `    ${line}`)
    .join('\n');
}

function summarize() {
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const failed = outcomes.filter((outcome) => outcome.failed).map(({ check }) => check.name);
  say();
  say(
    `${chosen.length} checks in ${seconds(performance.now() - startedAt)}${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
  );
  say(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(failed.length > 0 ? 1 : 0);
}
