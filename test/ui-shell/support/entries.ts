import type { Artefact } from '../../../src/trace/artefact.ts';
import type { Entry, EntryData, EntryKind } from '../../../src/trace/entry.ts';

/** Entries one after another: `[atMs, kind, data]`, with as much of the data as a test needs. */
export function entriesOf(
  rows: readonly (readonly [number, EntryKind, Record<string, unknown>, string?])[],
  from = 0,
): Entry[] {
  return rows.map(
    ([atMs, kind, data, actor = 'istiod'], i) =>
      ({ seq: from + i, atMs, actor, kind, data: data as unknown as EntryData[typeof kind] }) as Entry,
  );
}

export function artefact(id: string, pod: string | null, owner = 'istiod'): Artefact {
  const kind = id.split(':')[0] as Artefact['kind'];
  return { id, kind, owner, pod, atMs: 0, bytes: new Uint8Array(), refs: {} };
}

/** A pod as the scheduler places it. */
export function scheduled(pod: string, workload: string, serviceAccount = 'default', injected = true) {
  return {
    pod,
    uid: '',
    node: 'node-1',
    serviceAccount,
    workload,
    injected,
    injection: injected ? 'namespace label' : 'no label',
    labels: {},
  };
}

/** A TLS connection as the agent of `shop/order` begins it. */
export function tlsStarted(connection: string) {
  return {
    connection,
    side: 'client',
    purpose: 'ca',
    local: 'agent:shop/order',
    remote: 'istiod',
    expects: [],
    alpn: [],
    roots: [],
    certificate: null,
  };
}
