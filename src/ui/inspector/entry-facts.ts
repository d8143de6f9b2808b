import type { Check, Entry, Notice } from '../../trace/entry.ts';
import type { Target } from '../player/target.ts';

/** One member of an entry's data, by the name it has in the trace. */
export interface EntryFact {
  readonly name: string;
  readonly value: unknown;
}

/** The data of an entry, sorted by how they are shown. */
export interface EntryFacts {
  readonly plain: readonly EntryFact[];
  readonly checks: readonly Check[];
  readonly notices: readonly Notice[];
}

export function entryFacts({ data }: Entry): EntryFacts {
  const plain: EntryFact[] = [];
  let checks: readonly Check[] = [];
  let notices: readonly Notice[] = [];
  for (const [name, value] of Object.entries(data) as [string, unknown][]) {
    if (name === 'checks' || name === 'evidence') checks = value as readonly Check[];
    else if (name === 'notices') notices = value as readonly Notice[];
    else if (isRecord(value))
      plain.push(...Object.entries(value).map(([key, each]) => ({ name: `${name}.${key}`, value: each })));
    else plain.push({ name, value });
  }
  return { plain, checks, notices };
}

/** What a value of an entry names, if it names something that can be opened. */
export function factTarget(name: string, value: unknown, { kind, data }: Entry): Target | null {
  if (typeof value !== 'string' || value === '') return null;
  switch (name) {
    case 'artefact':
    case 'key':
    case 'certificate':
    case 'clientCertificate':
    case 'serverCertificate':
      return { type: 'artefact', id: value };
    case 'pod':
    case 'previousPod':
      return { type: 'pod', pod: value };
    case 'from':
    case 'to':
      return endTarget(value);
    case 'node':
      return { type: 'node', node: value };
    case 'message':
      return kind.startsWith('message.') ? { type: 'message', message: value } : null;
    case 'policy':
      return { type: 'policy', policy: value };
    case 'connection':
      return 'from' in data && 'to' in data
        ? { type: 'connection', from: data.from, to: data.to, connection: value }
        : null;
    default:
      return null;
  }
}

const capitals: ReadonlySet<string> = new Set(['id', 'ip', 'san', 'ttl', 'uid', 'api']);

/** The name of a member in words: `not after` for `notAfterMs`, `SPIFFE ID` for `spiffeId`. */
export function factLabel(name: string): string {
  return name
    .replace(/Ms$/, '')
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .replace('spiffe', 'SPIFFE')
    .split(' ')
    .map((word) => (capitals.has(word) ? word.toUpperCase() : word))
    .join(' ');
}

function endTarget(value: string): Target {
  if (value.startsWith('node:')) return { type: 'node', node: value.slice(5) };
  if (value.includes(':') || !value.includes('/')) return { type: 'actor', actor: value };
  return { type: 'pod', pod: value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
