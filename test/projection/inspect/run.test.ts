import { describe, expect, it } from 'vitest';
import { type InspectedDocument, inspectArtefact } from '../../../src/projection/inspect/index.ts';
import { hourMs, shop, start } from '../../mesh/support/shop.ts';

describe('the artefacts of a run', () => {
  it('all open: none is unreadable or of an unknown form', async () => {
    const mesh = await start(shop);
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', count: 2 });
    await mesh.driver.advanceTo(14 * hourMs);
    const kinds = new Set<string>();
    for (const artefact of mesh.artefacts.all()) {
      const document = inspectArtefact(artefact, (id) => mesh.artefacts.get(id), {
        epochMs: 0,
        atMs: artefact.atMs,
      });
      kinds.add(artefact.kind);
      expect(unreadable(document), `${artefact.id}: ${document.title}`).toEqual([]);
      expect(document.kind).toBe(artefact.kind);
    }
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['certificate', 'create-certificate-request', 'csr', 'token']),
    );
    mesh.stop();
  });
});

function unreadable({ fields, parts }: InspectedDocument): string[] {
  return [
    ...fields.filter(({ id }) => id === 'unreadable').map(({ value }) => value),
    ...parts.flatMap(unreadable),
  ];
}
