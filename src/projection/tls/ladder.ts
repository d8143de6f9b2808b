import type { Entry, EntryOf } from '../../trace/entry.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import { entriesAbout } from '../detail/trace-index.ts';
import { type TlsConnection, tlsConnectionAt } from './connection.ts';
import { type Parcel, parcelsOf } from './flight.ts';
import type {
  AlertMeaning,
  KeysRow,
  LadderRow,
  TlsRow,
  VerificationItem,
  VerificationRow,
} from './ladder-model.ts';
import { plainHops } from './plain-hops.ts';

/** A connection as a story from top to bottom. */
export interface Ladder {
  readonly connection: TlsConnection;
  readonly rows: readonly LadderRow[];
}

/** What the first `cursor` entries tell of a connection; null where they do not know it. */
export function ladderAt(entries: readonly Entry[], cursor: number, id: string): Ladder | null {
  const connection = tlsConnectionAt(entries, cursor, id);
  if (!connection) return null;
  const told = entriesAbout(entries, cursor, `connection:${id}`);
  const rows = new Builder(told, (message) => entriesAbout(entries, cursor, `message:${message}`)).rows();
  const hops = plainHops(entries, cursor, connection);
  // By when each is complete: what a client sends right behind its Finished is read only after that was judged.
  return { connection, rows: [...rows, ...hops].sort((a, b) => a.doneSeq - b.doneSeq) };
}

type Sent = EntryOf<'tls.sent'>;
type Received = EntryOf<'tls.received'>;
type Told<K extends Entry['kind']> = EntryOf<K>;

class Builder {
  readonly #told: readonly Entry[];
  readonly #aboutMessage: (message: string) => readonly Entry[];
  readonly #rows: LadderRow[] = [];
  /** Alerts that were announced and not yet met in a flight. */
  readonly #alerts: Record<TlsSide, AlertMeaning[]>;

  constructor(told: readonly Entry[], aboutMessage: (message: string) => readonly Entry[]) {
    this.#told = told;
    this.#aboutMessage = aboutMessage;
    this.#alerts = { client: alertsOf(told, 'client'), server: alertsOf(told, 'server') };
  }

  rows(): readonly LadderRow[] {
    for (const entry of this.#told) this.#take(entry);
    return this.#rows;
  }

  #take(entry: Entry): void {
    switch (entry.kind) {
      case 'tls.sent':
        this.#sent(entry);
        return;
      case 'tls.verified':
        this.#verified(entry);
        return;
      case 'tls.established':
        this.#rows.push({
          ...placed(entry, `done ${entry.data.side}`),
          kind: 'done',
          phase: entry.data.side === 'client' ? 'client-finished' : 'channel',
          side: entry.data.side,
          data: entry.data,
        });
        return;
      case 'tls.resumption':
      case 'tls.early-data':
        this.#rows.push({
          ...placed(entry, `${entry.kind} ${entry.data.side}`),
          kind: 'resumption',
          phase: null,
          side: entry.data.side,
          of: entry.kind === 'tls.resumption' ? 'ticket' : 'early-data',
          accepted: entry.data.accepted,
          reason: entry.data.reason,
        });
        return;
      case 'tls.closed':
        if (entry.data.how === 'truncated') {
          const { side } = entry.data;
          this.#rows.push({ ...placed(entry, `cut ${side}`), kind: 'cut', phase: null, side });
        }
    }
  }

  #sent(entry: Sent): void {
    const { data } = entry;
    const parcels = parcelsOf(data, data.side);
    for (const [index, parcel] of parcels.entries()) {
      this.#rows.push(this.#flightRow(entry, parcel, index));
      const { doneSeq } = this.#rows.at(-1) ?? { doneSeq: entry.seq };
      const keys = keysAfter(entry, parcel);
      if (keys) this.#rows.push({ ...keys, doneSeq });
      if (parcel.phase === 'client-finished') this.#moveDone(entry.seq, doneSeq);
    }
  }

  /** A client is done as soon as it has checked the server; what makes it so to others is its Finished. */
  #moveDone(seq: number, doneSeq: number): void {
    const index = this.#rows.findIndex((row) => row.kind === 'done' && row.side === 'client');
    const [done] = index < 0 ? [] : this.#rows.splice(index, 1);
    if (done) this.#rows.push({ ...done, seq, doneSeq });
  }

  #flightRow(entry: Sent, parcel: Parcel, index: number): TlsRow {
    const { seq, atMs, data } = entry;
    const about = this.#aboutMessage(data.message);
    const received = this.#told.find(
      (other): other is Received =>
        other.kind === 'tls.received' && other.data.side !== data.side && other.data.message === data.message,
    );
    const delivered = received ?? about.find(({ kind }) => kind === 'message.delivered');
    const posted = about.find((other): other is Told<'message.sent'> => other.kind === 'message.sent');
    const lost = about.find((other): other is Told<'message.dropped'> => other.kind === 'message.dropped');
    const tampered = this.#told.find(
      (other): other is Told<'tls.tampered'> =>
        other.kind === 'tls.tampered' && other.data.message === data.message,
    );
    const end = delivered ?? lost;
    return {
      kind: 'tls',
      key: `flight ${data.message} ${index}`,
      phase: parcel.phase,
      seq,
      doneSeq: Math.max(seq, end?.seq ?? seq),
      atMs,
      from: data.side,
      message: data.message,
      label: posted?.data.label ?? '',
      flight: data.artefact,
      epoch: parcel.epoch,
      parts: parcel.parts,
      firstRecord: parcel.firstRecord,
      records: parcel.records,
      size: parcel.records.reduce((sum, { start, end: stop }) => sum + stop - start, 0),
      arrived: delivered ? { seq: delivered.seq, atMs: delivered.atMs } : null,
      arrivedFlight: received?.data.artefact ?? null,
      understood: received !== undefined && isUnderstood(parcel, received),
      dropped: lost ? { seq: lost.seq, atMs: lost.atMs, reason: lost.data.reason } : null,
      tampering: tampered
        ? {
            seq: tampered.seq,
            action: tampered.data.action,
            by: tampered.data.by,
            offset: tampered.data.offset,
          }
        : null,
      alert: parcel.parts.some(({ kind }) => kind === 'alert')
        ? (this.#alerts[data.side].shift() ?? null)
        : null,
    };
  }

  #verified(entry: Told<'tls.verified'>): void {
    const { seq, data } = entry;
    const { of, ok, checks, chain, identity, text, scheme, expected, received } = data;
    const item: VerificationItem = {
      seq,
      of,
      ok,
      checks,
      chain,
      identity,
      text,
      scheme,
      expected,
      received,
    };
    const last = this.#rows.findLast(
      (row): row is VerificationRow => row.kind === 'verification' && row.side === data.side,
    );
    const between = last && this.#rows.slice(this.#rows.indexOf(last) + 1);
    if (last && between?.every(({ kind }) => kind === 'keys' || kind === 'resumption')) {
      const index = this.#rows.indexOf(last);
      this.#rows[index] = { ...last, doneSeq: seq, ok: last.ok && ok, items: [...last.items, item] };
      return;
    }
    this.#rows.push({
      ...placed(entry, `verification ${data.side} ${seq}`),
      kind: 'verification',
      phase: of === 'binder' ? null : data.side === 'client' ? 'client-checks' : 'server-checks',
      side: data.side,
      ok,
      items: [item],
    });
  }
}

function placed({ seq, atMs }: Entry, key: string) {
  return { key, seq, doneSeq: seq, atMs };
}

/** The keys that come to exist with a parcel: those of the handshake by the ServerHello, the others by its end. */
function keysAfter({ seq, atMs, data }: Sent, { parts }: Parcel): KeysRow | null {
  if (data.side !== 'server') return null;
  const has = (name: string) => parts.some((part) => part.name === name);
  const epoch = has('ServerHello') ? 'handshake' : has('Finished') ? 'application' : null;
  if (epoch === null) return null;
  return { kind: 'keys', key: `keys ${epoch}`, phase: 'server-flight', seq, doneSeq: seq, atMs, epoch };
}

/** Whether what came could be read as what was sent. */
function isUnderstood({ parts }: Parcel, { data }: Received): boolean {
  return parts.every((part) => {
    if (part.kind === 'message') return data.messages.some(({ type }) => type === part.name);
    if (part.kind === 'application_data') {
      return data.records.some((record) => record.innerType === 'application_data');
    }
    return true;
  });
}

function alertsOf(told: readonly Entry[], side: TlsSide): AlertMeaning[] {
  return told.flatMap((entry) => {
    if (entry.kind !== 'tls.alert' || entry.data.side !== side || entry.data.direction !== 'sent') return [];
    const { description, code, level, rule, reason, section } = entry.data;
    return [{ description, code, level, rule, reason, section }];
  });
}
