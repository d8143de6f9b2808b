import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { runHeadless } from '../../src/scenario/run/headless.ts';
import { lessonJsonSchema } from '../setup/generate-schema.ts';
import { loadText } from './small.ts';

const readme = readFileSync(new URL('../../scenarios/README.md', import.meta.url), 'utf8');

test('the smallest lesson of the instructions runs', async () => {
  const [, example = ''] = /```yaml\n(# yaml-language-server[^`]*steps:[^`]*)```/.exec(readme) ?? [];
  const report = await runHeadless(loadText(example), { provider: nativeCrypto });
  expect(report).toMatchObject({ ok: true, steps: 1, expectations: 1 });
});

test('the instructions know every command, expectation and setting', async () => {
  const schema = JSON.parse(await lessonJsonSchema()) as {
    $defs: Record<'command' | 'expectation', { anyOf: { properties: object }[] }>;
    properties: { mesh: { properties: { settings: { properties: object } } } };
  };
  const { command, expectation } = schema.$defs;
  const firstKeys = [command, expectation].flatMap(({ anyOf }) =>
    anyOf.map((form) => Object.keys(form.properties)[0]),
  );
  const settings = Object.keys(schema.properties.mesh.properties.settings.properties);
  expect(firstKeys.length + settings.length).toBeGreaterThan(30);
  const missing = [...firstKeys, ...settings].filter((key) => !new RegExp(`[\`{ ]${key}[\`:]`).test(readme));
  expect(missing).toEqual([]);
});
