import type { Entry, EntryOf } from '../../trace/entry.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import { entriesAbout } from '../detail/trace-index.ts';
import type { Viewer } from './perspective.ts';

/** A secret of the key schedule (RFC 9846 section 7.1), as one or both sides have computed it. */
export interface SecretView {
  /** Name and generation: `client_application_traffic_secret 1`. */
  readonly key: string;
  readonly name: string;
  readonly generation: number;
  readonly label: string | null;
  readonly context: string | null;
  readonly contextOf: string | null;
  readonly derivedFrom: readonly string[];
  readonly keyLogLabel: string | null;
  readonly clientRandom: string;
  /** From which entry on each side has it, and what it has; not the same where somebody stood between. */
  readonly held: Readonly<Record<TlsSide, { readonly seq: number; readonly value: string } | null>>;
  /** Keys made of it that have come into use, by either side. */
  readonly keys: readonly KeyView[];
}

export interface KeyView {
  readonly seq: number;
  readonly side: TlsSide;
  readonly direction: 'sent' | 'received';
  readonly epoch: string;
  readonly key: string;
  readonly iv: string;
}

/** The secrets of a connection that exist after the first `cursor` entries, in the order in which they came to be. */
export function keySchedule(entries: readonly Entry[], cursor: number, connection: string): SecretView[] {
  const secrets = new Map<string, SecretView>();
  for (const entry of entriesAbout(entries, cursor, `connection:${connection}`)) {
    if (entry.kind === 'tls.secret') takeSecret(secrets, entry);
    if (entry.kind === 'tls.keyed') takeKey(secrets, entry);
  }
  return [...secrets.values()];
}

function takeSecret(secrets: Map<string, SecretView>, { seq, data }: EntryOf<'tls.secret'>): void {
  const { side, value, name, generation, label, context, contextOf } = data;
  const key = `${name} ${generation}`;
  const known = secrets.get(key);
  const nobody = { client: null, server: null };
  const held = { ...(known?.held ?? nobody), [side]: known?.held[side] ?? { seq, value } };
  const { derivedFrom, keyLogLabel, clientRandom } = data;
  const base = known ?? {
    key,
    name,
    generation,
    label,
    context,
    contextOf,
    derivedFrom,
    keyLogLabel,
    clientRandom,
    keys: [],
  };
  secrets.set(key, { ...base, held });
}

function takeKey(secrets: Map<string, SecretView>, { seq, data }: EntryOf<'tls.keyed'>): void {
  const { side, direction, epoch, key, iv, derivedFrom, generation } = data;
  const of = secrets.get(`${derivedFrom} ${generation}`);
  if (of) {
    secrets.set(of.key, { ...of, keys: [...of.keys, { seq, side, direction, epoch, key, iv }] });
  }
}

/** The value a viewer has of a secret; null for one who has not computed it, and for everybody between the ends. */
export function valueFor({ held }: SecretView, viewer: Viewer): string | null {
  if (viewer === 'eavesdropper') return null;
  if (viewer === 'narrator') return (held.client ?? held.server)?.value ?? null;
  return held[viewer]?.value ?? null;
}
