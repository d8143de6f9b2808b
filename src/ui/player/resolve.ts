import type { Reference } from '../../scenario/reference.ts';
import type { ArtefactKind } from '../../trace/artefact.ts';
import type { Entry, EntryOf, PodRef } from '../../trace/entry.ts';
import { splitPodRef, workloadKey } from '../../projection/actor.ts';
import type { Target } from './target.ts';

/** What a reference needs to be looked up in: a run as it stands on display. */
export interface Shown {
  readonly entries: readonly Entry[];
  readonly cursor: number;
  readonly artefacts: ReadonlyMap<
    string,
    { readonly kind: ArtefactKind; readonly pod: string | null; readonly owner: string }
  >;
}

/** The thing a lesson's reference means at this moment: the newest pod of a workload, its latest certificate. */
export function resolveReference(reference: Reference, shown: Shown): Target | null {
  switch (reference.type) {
    case 'actor':
      return actorOf(reference.actor, reference.of, shown);
    case 'node':
    case 'policy':
    case 'trust':
    case 'rollout':
      return reference;
    case 'pod': {
      const pod = podOf(reference.pod, shown);
      return pod === null ? null : { type: 'pod', pod };
    }
    case 'connection': {
      const [from, to] = [podOf(reference.from, shown), podOf(reference.to, shown) ?? reference.to];
      return from === null
        ? null
        : { type: 'connection', from, to, connection: connectionOf(from, to, shown) };
    }
    case 'handshake':
      return handshakeOf(reference.from, reference.to, shown);
    case 'artefact':
      return artefactOf(reference.kind, reference.of, shown);
    case 'message':
      return messageOf(reference.protocol, reference.of, shown);
  }
}

/** A part of a pod, such as its agent, has the pod in its systemId. */
function actorOf(actor: string, of: string | null, shown: Shown): Target | null {
  if (of === null) return { type: 'actor', actor };
  const pod = podOf(of, shown);
  return pod === null ? null : { type: 'actor', actor: `${actor}:${pod}` };
}

function podOf(name: string, shown: Shown): PodRef | null {
  const found = latest(
    shown,
    (entry): entry is EntryOf<'pod.scheduled'> =>
      entry.kind === 'pod.scheduled' && (entry.data.pod === name || workloadOf(entry) === name),
  );
  return found?.data.pod ?? null;
}

function workloadOf({ data }: EntryOf<'pod.scheduled'>): string {
  return workloadKey({ namespace: splitPodRef(data.pod).namespace, workload: data.workload });
}

function connectionOf(from: PodRef, to: string, shown: Shown): string | null {
  const found = latest(
    shown,
    (entry): entry is EntryOf<'connection.opened'> | EntryOf<'connection.refused'> =>
      (entry.kind === 'connection.opened' || entry.kind === 'connection.refused') &&
      entry.data.from === from &&
      entry.data.to === to,
  );
  return found?.data.connection ?? null;
}

function handshakeOf(from: string, to: string, shown: Shown): Target | null {
  const [client, server] = [podOf(from, shown), podOf(to, shown)];
  const found = latest(
    shown,
    (entry): entry is EntryOf<'tls.started'> =>
      entry.kind === 'tls.started' &&
      entry.data.side === 'client' &&
      isOf(entry.data.local, client ?? from) &&
      isOf(entry.data.remote, server ?? to),
  );
  return found ? { type: 'handshake', connection: found.data.connection } : null;
}

/** Whether an actor is a name, or lives in the pod of that name. */
function isOf(actor: string, name: string): boolean {
  return actor === name || actor.endsWith(`:${name}`);
}

function artefactOf(kind: ArtefactKind, of: string, shown: Shown): Target | null {
  const owner = podOf(of, shown);
  for (let i = shown.cursor - 1; i >= 0; i--) {
    const id = artefactsIn(shown.entries[i]).find((candidate) => {
      const artefact = shown.artefacts.get(candidate);
      return artefact?.kind === kind && (owner === null ? artefact.owner === of : artefact.pod === owner);
    });
    if (id !== undefined) return { type: 'artefact', id };
  }
  return null;
}

function artefactsIn(entry: Entry | undefined): readonly string[] {
  if (!entry) return [];
  return Object.values(entry.data).filter(
    (value): value is string => typeof value === 'string' && value.includes(':'),
  );
}

function messageOf(protocol: string, of: string, shown: Shown): Target | null {
  const pod = podOf(of, shown);
  const concerns = (actor: string) =>
    pod === null ? actor === of : actor === pod || actor.endsWith(`:${pod}`);
  const found = latest(
    shown,
    (entry): entry is EntryOf<'message.sent'> =>
      entry.kind === 'message.sent' &&
      entry.data.protocol === protocol &&
      (concerns(entry.data.from) || concerns(entry.data.to)),
  );
  return found ? { type: 'message', message: found.data.message } : null;
}

function latest<E extends Entry>({ entries, cursor }: Shown, is: (entry: Entry) => entry is E): E | null {
  for (let i = cursor - 1; i >= 0; i--) {
    const entry = entries[i];
    if (entry && is(entry)) return entry;
  }
  return null;
}
