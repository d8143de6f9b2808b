import type { Entry, EntryKind, EntryOf } from '../../trace/entry.ts';
import { actorOf } from '../actor.ts';

/** What entries can be looked up by. */
export type IndexKey =
  | `artefact:${string}`
  | `pod:${string}`
  | `actor:${string}`
  | `message:${string}`
  | `connection:${string}`
  | `policy:${string}`
  | `kind:${EntryKind}`;

/**
 * Which entries of a trace speak of what, as positions in ascending order. Grows with the trace, so that looking something
 * up in any prefix costs a binary search and not a walk.
 */
export class TraceIndex {
  readonly #entries: readonly Entry[];
  readonly #places = new Map<string, number[]>();
  #count = 0;
  #last: Entry | undefined;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** Reads what has come; begins anew where the trace was cut and goes on differently. */
  update(): void {
    if (this.#count > 0 && this.#entries[this.#count - 1] !== this.#last) {
      this.#places.clear();
      this.#count = 0;
    }
    for (; this.#count < this.#entries.length; this.#count += 1) {
      const entry = this.#entries[this.#count];
      if (entry === undefined) break;
      this.#last = entry;
      for (const key of keysOf(entry)) this.#add(key, this.#count);
    }
  }

  /** Positions before `cursor` of the entries that speak of something. */
  about(key: IndexKey, cursor: number): readonly number[] {
    const places = this.#places.get(key) ?? [];
    return places.slice(0, countBelow(places, cursor));
  }

  /** Position of the first entry that speaks of something, wherever in the trace; null where none does. */
  first(key: IndexKey): number | null {
    return this.#places.get(key)?.[0] ?? null;
  }

  #add(key: string, place: number): void {
    const places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, [place]);
    else if (places.at(-1) !== place) places.push(place);
  }
}

const indexes = new WeakMap<readonly Entry[], TraceIndex>();

/** The index of a trace, up to date. One for each array, which may grow and be cut. */
export function traceIndex(entries: readonly Entry[]): TraceIndex {
  let index = indexes.get(entries);
  if (index === undefined) {
    index = new TraceIndex(entries);
    indexes.set(entries, index);
  }
  index.update();
  return index;
}

/** The entries among the first `cursor` that speak of something. */
export function entriesAbout(entries: readonly Entry[], cursor: number, key: IndexKey): Entry[] {
  return traceIndex(entries)
    .about(key, cursor)
    .flatMap((place) => entries[place] ?? []);
}

/** The entries of one kind among the first `cursor`. */
export function entriesOfKind<K extends EntryKind>(
  entries: readonly Entry[],
  cursor: number,
  kind: K,
): EntryOf<K>[] {
  return entriesAbout(entries, cursor, `kind:${kind}`) as EntryOf<K>[];
}

const artefactFields = ['artefact', 'key', 'certificate', 'clientCertificate', 'serverCertificate'] as const;
const policyKinds: ReadonlySet<string> = new Set([
  'AuthorizationPolicy',
  'NetworkPolicy',
  'PeerAuthentication',
]);

function* keysOf(entry: Entry): Generator<IndexKey> {
  const data = entry.data as Readonly<Record<string, unknown>>;
  yield `kind:${entry.kind}`;
  yield `actor:${entry.actor}`;
  for (const name of artefactFields) {
    const id = data[name];
    if (typeof id === 'string') yield `artefact:${id}`;
  }
  for (const name of [entry.actor, data['pod'], data['from'], data['to']]) {
    const pod = typeof name === 'string' ? (actorOf(name).pod ?? (isPodRef(name) ? name : null)) : null;
    if (pod !== null) yield `pod:${pod}`;
  }
  yield* ownKeysOf(entry);
  if (belongsToConnection(entry.kind) && typeof data['connection'] === 'string') {
    yield `connection:${data['connection']}`;
  }
}

function belongsToConnection(kind: EntryKind): boolean {
  return kind.startsWith('tls.') || kind === 'access.logged' || kind === 'connection.logged';
}

function* ownKeysOf(entry: Entry): Generator<IndexKey> {
  switch (entry.kind) {
    case 'message.sent':
    case 'message.delivered':
    case 'message.dropped':
      yield `message:${entry.data.message}`;
      yield `actor:${entry.data.from}`;
      yield `actor:${entry.data.to}`;
      return;
    case 'tls.sent':
    case 'tls.received':
    case 'tls.tampered':
      yield `message:${entry.data.message}`;
      return;
    case 'connection.opened':
    case 'connection.refused':
    case 'connection.closed':
      yield `connection:${entry.data.connection}`;
      return;
    case 'request.answered':
      if (entry.data.connection !== null) yield `connection:${entry.data.connection}`;
      return;
    case 'policy.decided':
      // Named after what was asked for, which is the connection.
      yield `connection:${entry.data.request}`;
      if (entry.data.policy !== null) yield `policy:${entry.data.policy}`;
      return;
    case 'resource.applied':
      if (policyKinds.has(entry.data.resourceKind)) {
        yield `policy:${entry.data.namespace ?? ''}/${entry.data.name}`;
      }
  }
}

function isPodRef(name: string): boolean {
  return name.includes('/') && !name.includes(':');
}

function countBelow(places: readonly number[], bound: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? Infinity) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
