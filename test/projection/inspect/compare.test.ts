import { beforeAll, describe, expect, it } from 'vitest';
import {
  compareDocuments,
  type InspectedDocument,
  inspectArtefact,
} from '../../../src/projection/inspect/index.ts';
import { epochMs, makeWorld, type World } from './artefacts.ts';

let before: World;
let after: World;

beforeAll(async () => {
  [before, after] = await Promise.all([makeWorld(), makeWorld()]);
});

function open(world: World, id: string): InspectedDocument {
  return inspectArtefact(world.get(id), world.lookup, { epochMs, atMs: 0 });
}

describe('compareDocuments', () => {
  it('finds no difference between a document and itself', () => {
    for (const { id } of before.all) {
      const document = open(before, id);
      const { rows, rangesA, rangesB } = compareDocuments(document, document);
      expect(rows.every(({ state }) => state === 'equal')).toBe(true);
      expect([rangesA, rangesB]).toEqual([[], []]);
    }
  });

  it('shows that a renewed certificate differs in key and signature, not in identity', () => {
    const { rows } = compareDocuments(open(before, 'certificate:1'), open(after, 'certificate:1'));
    const different = rows.filter(({ state }) => state !== 'equal').map(({ id }) => id);
    // Another CA key, hence another key identifier; the key itself is shown by kind and is of the same kind.
    expect(different).toEqual(['x509_authority_key_id', 'x509_signature']);
  });

  it('marks the bytes that differ, within the parts that hold them', () => {
    const [a, b] = [open(before, 'certificate:1'), open(after, 'certificate:1')];
    const { rangesA, rangesB } = compareDocuments(a, b);
    expect(rangesA.length).toBe(rangesB.length);
    const key = a.fields.find(({ id }) => id === 'x509_public_key')!;
    expect(rangesA.some(({ start, end }) => start >= key.start! && end <= key.end!)).toBe(true);
    const identity = a.fields.find(({ id }) => id === 'x509_spiffe_id')!;
    expect(rangesA.some(({ start, end }) => start < identity.end! && end > identity.start!)).toBe(false);
  });

  it('lists what only one of them has', () => {
    const { rows } = compareDocuments(open(before, 'certificate:1'), open(before, 'certificate:3'));
    const only = (state: string): string[] => rows.filter((row) => row.state === state).map(({ id }) => id);
    expect(only('only-a')).toEqual([
      'x509_spiffe_id',
      'x509_ext_key_usage',
      'x509_authority_key_id',
      'x509_san',
      'x509_san_critical',
    ]);
    expect(only('only-b')).toEqual(['x509_subject_key_id']);
    expect(rows.find(({ id }) => id === 'x509_basic_constraints')).toMatchObject({ state: 'different' });
  });

  it('keeps differing ranges within the bytes for every pair of documents', () => {
    const documents = before.all.map(({ id }) => open(before, id));
    for (const a of documents) {
      for (const b of documents) {
        const { rangesA, rangesB } = compareDocuments(a, b);
        for (const { end } of rangesA) expect(end).toBeLessThanOrEqual(a.bytes.length);
        for (const { end } of rangesB) expect(end).toBeLessThanOrEqual(b.bytes.length);
      }
    }
  });
});
