import { describe, expect, test } from 'vitest';
import { ArtefactStore, type Artefact, type ArtefactKind } from '../../src/trace/index.ts';

const bytes = new Uint8Array([1, 2, 3]);

function put(store: ArtefactStore, kind: ArtefactKind, owner: string, refs: Artefact['refs'] = {}): string {
  return store.put({ kind, owner, pod: null, bytes, refs });
}

const ids = (store: ArtefactStore) => [...store.all()].map(({ id }) => id);

test('artefacts are named by kind and ordinal and found by that', () => {
  const store = new ArtefactStore(() => 42);
  const key = put(store, 'private-key', 'agent');
  const csr = store.put({ kind: 'csr', owner: 'agent', pod: 'shop/order', bytes, refs: { key } });
  const again = put(store, 'csr', 'agent');
  expect([key, csr, again]).toEqual(['private-key:1', 'csr:1', 'csr:2']);
  expect(store.get(csr)).toEqual({
    id: 'csr:1',
    kind: 'csr',
    owner: 'agent',
    pod: 'shop/order',
    atMs: 42,
    bytes,
    refs: { key: 'private-key:1' },
  });
  expect(store.get('csr:3')).toBeUndefined();
  expect([ids(store), store.size]).toEqual([['private-key:1', 'csr:1', 'csr:2'], 3]);
  expect(store.counts).toEqual({ 'private-key': 1, csr: 2 });
});

test('listeners hear every artefact until they unsubscribe', () => {
  const store = new ArtefactStore(() => 0);
  const heard: string[] = [];
  const stop = store.onPut(({ id }) => heard.push(id));
  put(store, 'csr', 'agent');
  stop();
  put(store, 'csr', 'agent');
  expect(heard).toEqual(['csr:1']);
});

describe('keeping the last', () => {
  const keepLast = () => new ArtefactStore(() => 0, { keep: 'last' });

  test('holds one of each owner and kind; ordinals and counts go on', () => {
    const store = keepLast();
    put(store, 'csr', 'a');
    put(store, 'csr', 'b');
    put(store, 'token', 'a');
    put(store, 'csr', 'a');
    expect(ids(store)).toEqual(['csr:2', 'token:1', 'csr:3']);
    expect(store.counts).toEqual({ csr: 3, token: 1 });
  });

  test('holds what a held artefact refers to, until that goes', () => {
    const store = keepLast();
    const certificate = put(store, 'certificate', 'istiod');
    const chain = put(store, 'chain', 'agent', { leaf: certificate });
    put(store, 'certificate', 'istiod');
    expect(ids(store)).toEqual([certificate, chain, 'certificate:2']);
    put(store, 'chain', 'agent');
    expect(ids(store)).toEqual(['certificate:2', 'chain:2']);
  });

  test('lets a whole chain of references go at once', () => {
    const store = keepLast();
    const key = put(store, 'private-key', 'agent');
    const csr = put(store, 'csr', 'agent', { key });
    const request = put(store, 'create-certificate-request', 'agent', { csr });
    put(store, 'private-key', 'agent');
    put(store, 'csr', 'agent');
    expect(ids(store)).toContain(key);
    put(store, 'create-certificate-request', 'agent');
    expect(ids(store)).toEqual(['private-key:2', 'csr:2', 'create-certificate-request:2']);
    expect([store.get(key), store.get(csr), store.get(request)]).toEqual([undefined, undefined, undefined]);
  });

  test('holds an artefact that two others refer to until both are gone', () => {
    const store = keepLast();
    const root = put(store, 'certificate', 'istiod');
    put(store, 'chain', 'a', { root });
    put(store, 'chain', 'b', { root });
    put(store, 'certificate', 'istiod');
    put(store, 'chain', 'a');
    expect(store.get(root)).toBeDefined();
    put(store, 'chain', 'b');
    expect(store.get(root)).toBeUndefined();
  });

  test('does not let go of what the newcomer itself refers to', () => {
    const store = keepLast();
    const first = put(store, 'certificate', 'istiod');
    const second = put(store, 'certificate', 'istiod', { previous: first });
    expect(ids(store)).toEqual([first, second]);
  });

  test('stays bounded over a long run of rotations', () => {
    const store = keepLast();
    for (let i = 0; i < 1000; i++) {
      const pod = `pod-${i % 10}`;
      const key = put(store, 'private-key', pod);
      const certificate = put(store, 'certificate', 'istiod');
      put(store, 'chain', pod, { key, certificate });
    }
    expect(store.size).toBe(10 * 3);
    expect(store.counts).toEqual({ 'private-key': 1000, certificate: 1000, chain: 1000 });
  });
});
