import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ArtefactKind, Check, Entry } from '../../src/trace/index.ts';
import { hourMs, shop, start } from '../mesh/support/shop.ts';

const inspector = new URL('../../src/ui/inspector/', import.meta.url);
const messages = new URL('../../src/ui/i18n/messages/', import.meta.url);

function read(url: URL): Record<string, string> {
  return JSON.parse(readFileSync(url, 'utf8')) as Record<string, string>;
}

const english = read(new URL('checks.en.json', inspector));

/** Every kind there is; the compiler sees to it that none is missing. */
const kinds: Readonly<Record<ArtefactKind, true>> = {
  'private-key': true,
  certificate: true,
  chain: true,
  csr: true,
  crl: true,
  token: true,
  jwks: true,
  'create-certificate-request': true,
  'create-certificate-response': true,
  'discovery-request': true,
  'discovery-response': true,
  'token-request': true,
  'token-review': true,
  'grpc-trailers': true,
  'tls-flight': true,
  'tls-message': true,
  http: true,
  http2: true,
};

test('checks are named in both languages', () => {
  const korean = read(new URL('checks.ko.json', inspector));
  expect(Object.keys(korean).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(korean)) expect(text, key).toMatch(/[가-힣]/);
});

describe.each(['en', 'ko'])('%s', (language) => {
  test('every kind of artefact has a name', () => {
    const texts = read(new URL(`${language}.json`, messages));
    const missing = Object.keys(kinds).filter(
      (kind) => !texts[`inspector_kind_${kind.replaceAll('-', '_')}`],
    );
    expect(missing).toEqual([]);
  });
});

test('every check of a run has a name', async () => {
  const mesh = await start(shop);
  mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', count: 1 });
  await mesh.driver.advanceTo(hourMs);
  const ids = new Set(mesh.trace.entries.flatMap(checksOf).map(({ id }) => id));
  mesh.stop();
  expect(ids.size).toBeGreaterThan(10);
  expect([...ids].filter((id) => !english[`check_${id.replaceAll(/[.-]/g, '_')}`])).toEqual([]);
});

function checksOf({ data }: Entry): readonly Check[] {
  return 'checks' in data ? data.checks : 'evidence' in data ? data.evidence : [];
}
