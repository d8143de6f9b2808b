import type { TlsEpoch, TlsFlight, TlsMessageEntry, TlsRecordEntry, TlsSide } from '../../trace/tls-entry.ts';
import type { Part, Phase } from './ladder-model.ts';

/** Neighbouring records of a flight that tell one thing. */
export interface Parcel {
  readonly epoch: TlsEpoch;
  readonly parts: readonly Part[];
  readonly firstRecord: number;
  readonly records: readonly TlsRecordEntry[];
  readonly phase: Phase | null;
}

/**
 * A flight taken apart where the story has a step of its own: plaintext from encrypted messages, messages from data, and a
 * client's proof from its Finished. A change_cipher_spec, which means nothing, goes with what follows it.
 */
export function parcelsOf({ records, messages }: TlsFlight, side: TlsSide): Parcel[] {
  const left = [...messages];
  const parcels: Parcel[] = [];
  let first = 0;
  while (first < records.length) {
    const end = endOfRun(records, first);
    const run = records.slice(first, end);
    const { epoch, innerType } = run.at(-1) ?? { epoch: 'plaintext' as const, innerType: '' };
    const taken = innerType === 'handshake' ? takeMessages(left, epoch) : [];
    const ccs = run.filter((record) => record.innerType === 'change_cipher_spec').map(ccsPart);
    const own = innerType === 'handshake' ? taken.map(messagePart) : run.flatMap(contentPart);
    parcels.push(...split({ epoch, firstRecord: first, records: run, parts: [...ccs, ...own] }, side));
    first = end;
  }
  return parcels;
}

/** Where the run of records that starts at `first` ends. */
function endOfRun(records: readonly TlsRecordEntry[], first: number): number {
  let head = first;
  while (records[head]?.innerType === 'change_cipher_spec' && head + 1 < records.length) head += 1;
  const start = records[head];
  let end = head + 1;
  while (records[end]?.epoch === start?.epoch && records[end]?.innerType === start?.innerType) end += 1;
  return end;
}

/** The next messages under one kind of keys; they may lie in fewer records than there are messages. */
function takeMessages(left: TlsMessageEntry[], epoch: TlsEpoch): TlsMessageEntry[] {
  const count = left.findIndex((message) => message.epoch !== epoch);
  return left.splice(0, count < 0 ? left.length : count);
}

function messagePart({ type, artefact }: TlsMessageEntry): Part {
  return { kind: 'message', name: type, artefact };
}

function ccsPart(): Part {
  return { kind: 'change_cipher_spec', name: 'change_cipher_spec', artefact: null };
}

function contentPart({ innerType, data }: TlsRecordEntry): Part[] {
  if (innerType === 'alert') return [{ kind: 'alert', name: 'alert', artefact: null }];
  if (innerType === 'application_data') {
    return [{ kind: 'application_data', name: 'application_data', artefact: data }];
  }
  return [];
}

/** Certificate and CertificateVerify apart from the Finished that closes a client's side of the handshake. */
function split(run: Omit<Parcel, 'phase'>, side: TlsSide): Parcel[] {
  const finished = run.parts.findIndex(({ name }) => name === 'Finished');
  if (side === 'server' || !run.parts.slice(0, Math.max(0, finished)).some(isProof)) {
    return [{ ...run, phase: phaseOf(run.parts, side) }];
  }
  const pieces = [run.parts.slice(0, finished), run.parts.slice(finished)];
  return pieces.map((parts) => ({ ...run, parts, phase: phaseOf(parts, side) }));
}

/** A Certificate alone is an empty one: it proves nothing. */
function isProof({ name }: Part): boolean {
  return name === 'CertificateVerify';
}

function phaseOf(parts: readonly Part[], side: TlsSide): Phase | null {
  const has = (name: string) => parts.some((part) => part.name === name);
  if (has('application_data')) return side === 'client' ? 'request' : 'answer';
  if (has('ClientHello')) return 'client-hello';
  if (has('ServerHello') || has('HelloRetryRequest') || has('EncryptedExtensions')) return 'server-flight';
  if (side === 'server') return has('Finished') || has('Certificate') ? 'server-flight' : null;
  if (has('Finished')) return 'client-finished';
  return parts.some(isProof) ? 'client-proof' : null;
}
