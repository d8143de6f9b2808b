import { beforeAll, describe, expect, test } from 'vitest';
import { certificatesOfPod } from '../../src/projection/detail/certificates.ts';
import {
  compareDocuments,
  inspectArtefact,
  type InspectedDocument,
} from '../../src/projection/inspect/index.ts';
import type { Mesh } from '../../src/mesh/index.ts';
import { differingText, lastBytes, withBytes } from '../../src/ui/inspector/difference.ts';
import { hourMs, shop, start } from '../mesh/support/shop.ts';

describe('two texts', () => {
  test.each([
    ['2026-03-02T08:58:01Z', '2026-03-02T20:55:53Z', '2026-03-02T', '08:58:01Z', ''],
    ['spiffe://a/ns/shop/sa/order', 'spiffe://a/ns/shop/sa/payment', 'spiffe://a/ns/shop/sa/', 'order', ''],
    ['10.244.1.2:8080', '10.244.1.9:8080', '10.244.1.', '2', ':8080'],
    ['d59e8b0d', '808c0ad4', '', 'd59e8b0d', ''],
    ['same', 'same and more', 'same', '', ''],
  ])('%s is told from %s', (text, other, before, own, after) => {
    expect(differingText(text, other)).toEqual({ before, own, after });
  });
});

describe('the certificates before and after a renewal', () => {
  let mesh: Mesh;
  let documents: readonly [InspectedDocument, InspectedDocument];

  beforeAll(async () => {
    mesh = await start(shop);
    await mesh.driver.advanceTo(14 * hourMs);
    const { entries } = mesh.trace;
    const scheduled = entries.find(
      (entry) => entry.kind === 'pod.scheduled' && entry.data.workload === 'order',
    );
    const pod = scheduled?.kind === 'pod.scheduled' ? scheduled.data.pod : '';
    const [before, after] = certificatesOfPod(entries, entries.length, pod).map(({ artefact }) =>
      open(artefact),
    );
    if (!before || !after) throw new Error('the certificate was not renewed');
    documents = [before, after];
    mesh.stop();
  });

  function open(id: string): InspectedDocument {
    const artefact = mesh.artefacts.get(id);
    if (!artefact) throw new Error(`${id} is not held`);
    return inspectArtefact(artefact, (each) => mesh.artefacts.get(each), { epochMs: 0, atMs: 0 });
  }

  test('differ in number, dates, key and signature, and in nothing else', () => {
    const [a, b] = documents;
    const rows = withBytes(compareDocuments(a, b).rows, a, b);
    const different = rows.filter(({ state }) => state !== 'equal').map(({ id }) => id);
    expect(different).toEqual(
      expect.arrayContaining([
        'x509_serial_number',
        'x509_not_before',
        'x509_not_after',
        'x509_public_key',
        'x509_signature',
      ]),
    );
    expect(different).not.toContain('x509_lifetime');
    expect(different).not.toContain('x509_spiffe_id');
    expect(different).not.toContain('x509_issuer');
  });

  test('show by the end of their keys that these are two', () => {
    const keys = documents.map((document) => {
      const field = document.fields.find(({ id }) => id === 'x509_public_key');
      return field ? lastBytes(field, document) : '';
    });
    expect(keys[0]).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });
});
