import { parseArgs } from 'node:util';
import { type Bench, type Measure, withinGoal } from './bench.ts';
import { crypto } from './crypto.ts';
import { identity } from './identity.ts';
import { memory } from './memory.ts';
import { page } from './page.ts';
import { paths } from './paths.ts';
import { scale } from './scale.ts';
import { tls } from './tls.ts';

const benches: readonly Bench[] = [crypto, scale, identity, tls, paths, memory, page];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    list: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log('npm run bench -- [--only NAME]… [--json] [--list]');
} else if (values.list) {
  for (const { name, what } of benches) console.log(`${name.padEnd(10)} ${what}`);
} else {
  await runAll(chosen(values.only?.flatMap((names) => names.split(','))), values.json ?? false);
}
// Browsers and worlds leave handles behind; the numbers are out.
process.exit(process.exitCode ?? 0);

function chosen(names: readonly string[] | undefined): readonly Bench[] {
  const unknown = names?.filter((name) => !benches.some((bench) => bench.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(
      `No bench is called ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`,
    );
    process.exit(2);
  }
  return benches.filter(({ name }) => names?.includes(name) ?? true);
}

/** Exit code 0 whatever the numbers say: what a busy machine measures must not fail a build. */
async function runAll(list: readonly Bench[], json: boolean): Promise<void> {
  const measures: Measure[] = [];
  for (const bench of list) {
    if (!json) console.log(`\n${bench.name}: ${bench.what}`);
    const found = await bench.run((line) => {
      if (!json) console.log(`  ${line}`);
    });
    measures.push(...found);
    if (!json) for (const measure of found) console.log(`  ${lineOf(measure)}`);
  }
  if (json) console.log(JSON.stringify(measures, null, 2));
}

function lineOf(measure: Measure): string {
  const { name, value, unit, goal, better } = measure;
  const number = value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  const budget =
    goal === null
      ? ''
      : `   ${withinGoal(measure) ? 'within' : 'OVER'} ${better === 'lower' ? '≤' : '≥'} ${goal}`;
  return `${name.padEnd(58)} ${number.padStart(8)} ${unit.padEnd(3)}${budget}`;
}
