import { toHex } from '../../core/bytes/index.ts';
import { digest, type CryptoProvider } from '../../core/crypto/index.ts';
import type { TlsConnection, TlsEvent, TlsOutput } from '../../core/tls/index.ts';
import type { ArtefactId, EntryData, TlsSide } from '../../trace/index.ts';
import { dispatch, type Incoming, type OutgoingMessage, type World } from '../world.ts';
import { flightParts, tellEvents, type Narrator } from './evidence.ts';
import { flightLabel } from './flight-label.ts';
import { inOrderOfSchedule } from './secret-order.ts';
import { type Call, perform, type Told } from './tls-call.ts';
import { flipped, offsetOf, onPath, takeRule, type TamperRule } from './tampering.ts';
import { podOfActor } from '../pod-names.ts';
import { JournaledCrypto, type Journal } from './journal.ts';

/** What a connection is made of anew, also when it is made again from a tape. */
export interface TlsMaterial {
  readonly provider: CryptoProvider;
  /** Milliseconds since 1970 at the call at hand. */
  readonly nowMs: () => number;
  readonly annotate: boolean;
}

export interface TlsEndOptions {
  readonly connection: string;
  readonly side: TlsSide;
  readonly pod: string | null;
  readonly started: Omit<EntryData['tls.started'], 'connection' | 'side'>;
  /** Puts the addresses of packets on what this side sends; only the side that opened the connection does. */
  readonly packet?: OutgoingMessage['packet'];
  /** How far the clock of its machine is ahead of true time; right unless given. */
  readonly clockOffset?: () => number;
  /** What application data is; HTTP/1.1 unless given. */
  readonly dataKind?: 'http2';
  readonly create: (material: TlsMaterial) => Promise<TlsConnection>;
  /** Told after entries are made and the bytes are on the wire. */
  readonly on: (event: TlsEvent, details: CallDetails) => void;
}

/** What the owner of an end may need beside an event. */
export interface CallDetails {
  /** SHA-256 of the peer's leaf, lower-case hex; where this call completed a handshake with one. */
  readonly peerCertificateHash: string | null;
  /** What arrived in this call, if anything did. */
  readonly incoming: Incoming | null;
}

interface CallResult {
  readonly output: TlsOutput;
  readonly journal: Journal;
  readonly peerCertificateHash: string | null;
}

interface PastCall {
  readonly call: Call;
  readonly atMs: number;
  readonly journal: Journal;
}

/**
 * One end of a TLS connection in the world: its calls go through the gate one at a time, what it writes goes on
 * the wire as one message a flight, what it learns becomes entries. Where results come from a tape the connection
 * itself is made again only when it is needed live, from the calls so far and what they drew.
 */
export class TlsEnd {
  readonly #world: World;
  readonly #options: TlsEndOptions;
  readonly #narrator: Narrator;
  readonly #crypto: JournaledCrypto;
  readonly #waiting: Call[] = [];
  #past: PastCall[] = [];
  #live: TlsConnection | null = null;
  #atMs = 0;
  #isBusy = false;
  #isEstablished = false;
  readonly #unsent: Call[] = [];
  #isOver = false;
  /** Bytes that came and of which no record is told yet. */
  #unread = 0;

  constructor(world: World, options: TlsEndOptions) {
    this.#world = world;
    this.#options = options;
    this.#crypto = new JournaledCrypto(world.provider);
    const { connection, side, pod, started, dataKind = 'http' } = options;
    this.#narrator = { connection, side, pod, actor: started.local, dataKind };
    if (world.tlsEvidence === 'full')
      world.trace.append(started.local, 'tls.started', { connection, side, ...started });
  }

  /** No call has an effect any more: the connection has ended, with an alert, or at both ends. */
  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    this.#enqueue({ kind: 'start' });
  }

  receive(incoming: Incoming): void {
    this.#enqueue({ kind: 'receive', bytes: incoming.payload, incoming });
  }

  /** Sends application data; `told` names what the wire's message is told as, `request` what it carries. */
  write(bytes: Uint8Array, told: Told | null = null, request: string | null = null): void {
    this.#enqueue({ kind: 'write', bytes, told, request });
  }

  updateKeys(requestPeer: boolean): void {
    this.#enqueue({ kind: 'update', requestPeer });
  }

  close(): void {
    this.#enqueue({ kind: 'close' });
  }

  /** The other end, or the way to it, is gone. */
  transportClosed(): void {
    this.#enqueue({ kind: 'transport-closed' });
  }

  #enqueue(call: Call): void {
    if (this.#isOver) return;
    if (call.kind === 'write' && !this.#isEstablished) {
      // An answer to early data waits for the handshake.
      this.#unsent.push(call);
      return;
    }
    this.#waiting.push(call);
    this.#next();
  }

  #next(): void {
    if (this.#isBusy || this.#isOver) return;
    const call = this.#waiting.shift();
    if (call === undefined) return;
    this.#isBusy = true;
    const { gate, clock, epochMs } = this.#world;
    const atMs = epochMs + clock.now() + (this.#options.clockOffset?.() ?? 0);
    gate.run(
      `tls.${this.#options.side}.${call.kind}`,
      () => this.#make(call, atMs),
      (result) => {
        if (!result.ok) throw result.error;
        this.#isBusy = false;
        this.#settle(call, atMs, result.value);
        this.#next();
      },
    );
  }

  async #make(call: Call, atMs: number): Promise<CallResult> {
    const connection = await this.#revive();
    this.#atMs = atMs;
    this.#crypto.begin(null);
    const { bytes, events } = await perform(connection ?? (this.#live = await this.#create()), call);
    const output = { bytes, events: inOrderOfSchedule(events) };
    const journal = this.#crypto.drawn;
    return { output, journal, peerCertificateHash: await this.#hashOfPeer(output) };
  }

  /** The connection as it is after the past calls; null before the first. */
  async #revive(): Promise<TlsConnection | null> {
    if (this.#live !== null || this.#past.length === 0) return this.#live;
    let connection: TlsConnection | null = null;
    for (const { call, atMs, journal } of this.#past) {
      this.#atMs = atMs;
      this.#crypto.begin(journal);
      connection ??= await this.#create();
      await perform(connection, call);
    }
    return (this.#live = connection);
  }

  #create(): Promise<TlsConnection> {
    const { recording, provider, tlsEvidence } = this.#world;
    return this.#options.create({
      provider: recording ? this.#crypto : provider,
      nowMs: () => this.#atMs,
      annotate: tlsEvidence === 'full',
    });
  }

  async #hashOfPeer({ events }: TlsOutput): Promise<string | null> {
    for (const event of events) {
      const leaf = event.kind === 'handshake' ? event.session.peerChain[0] : undefined;
      if (leaf !== undefined) return toHex(await digest(this.#world.provider, 'SHA-256', leaf.der));
    }
    return null;
  }

  #settle(call: Call, atMs: number, { output, journal, peerCertificateHash }: CallResult): void {
    const { bytes, events } = output;
    if (this.#world.recording) this.#past.push({ call, atMs, journal });
    if (events.some(({ kind }) => kind === 'closed')) this.#end();
    const incoming = call.kind === 'receive' ? call.incoming : null;
    if (incoming !== null) this.#tellReceived(incoming, events);
    tellEvents(this.#world, this.#narrator, events);
    if (bytes.length > 0) this.#send(output, call.kind === 'write' ? call : null);
    if (events.some(({ kind }) => kind === 'handshake')) {
      this.#isEstablished = true;
      this.#waiting.push(...this.#unsent.splice(0));
    }
    for (const event of events) this.#options.on(event, { peerCertificateHash, incoming });
  }

  #end(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#past = [];
    this.#live = null;
  }

  #tellReceived(incoming: Incoming, events: readonly TlsEvent[]): void {
    const world = this.#world;
    if (world.tlsEvidence === 'none') return;
    const { connection, side, actor, pod } = this.#narrator;
    const { artefact: told, flight } = incoming.meta;
    const { records, messages, length } = flightParts(
      world,
      this.#narrator,
      events,
      'received',
      -this.#unread,
      flight === undefined ? null : told,
    );
    this.#unread += incoming.payload.length - length;
    const sent = flight ?? told;
    const artefact =
      world.artefacts.get(sent)?.bytes === incoming.payload
        ? sent
        : world.artefacts.put({
            kind: 'tls-flight',
            owner: actor,
            pod,
            bytes: incoming.payload,
            refs: { sent },
          });
    world.trace.append(actor, 'tls.received', {
      connection,
      side,
      message: incoming.id,
      artefact,
      records,
      messages,
    });
  }

  #send({ bytes, events }: TlsOutput, written: Extract<Call, { kind: 'write' }> | null): void {
    const told = written?.told ?? null;
    const request = written?.request ?? null;
    const world = this.#world;
    const { connection, side, actor, pod } = this.#narrator;
    const { packet, started } = this.#options;
    const isFull = world.tlsEvidence === 'full';
    const { records, messages } = isFull
      ? flightParts(world, this.#narrator, events, 'sent', 0, told?.artefact ?? null)
      : { records: [], messages: [] };
    const flight = world.artefacts.put({ kind: 'tls-flight', owner: actor, pod, bytes, refs: {} });
    const rule = this.#ruleFor(events);
    const heal = rule === null ? null : this.#meddle(rule, bytes.length);
    const outgoing = {
      from: started.local,
      to: started.remote,
      protocol: told?.protocol ?? 'TLS',
      label: told?.label ?? flightLabel(events),
      payload: bytes,
      stream: connection,
      ...(packet === undefined ? {} : { packet }),
    } as const;
    const inner = told === null ? undefined : flight;
    const message = dispatch(world, outgoing, told?.artefact ?? flight, inner);
    heal?.();
    if (!isFull) return;
    world.trace.append(actor, 'tls.sent', {
      connection,
      side,
      message,
      artefact: flight,
      records,
      messages,
      request,
    });
    if (rule === null) return;
    const { action } = rule;
    const offset = action === 'flip' ? offsetOf(rule, bytes.length) : null;
    world.trace.append(onPath, 'tls.tampered', { connection, by: onPath, action, message, offset });
    if (action === 'replay') this.#replay(rule, outgoing, flight);
  }

  #ruleFor(events: readonly TlsEvent[]): TamperRule | null {
    const { local, remote } = this.#options.started;
    const [client, server] = this.#options.side === 'client' ? [local, remote] : [remote, local];
    return takeRule(this.#world, podOfActor(client), podOfActor(server), this.#options.side, events);
  }

  /** Puts the fault on the link for one message; returns how to heal it. */
  #meddle(rule: TamperRule, length: number): (() => void) | null {
    const { local: from, remote: to } = this.#options.started;
    const { wire } = this.#world;
    if (rule.action === 'drop') return wire.setFault({ from, to }, { drop: true });
    if (rule.action === 'replay') return null;
    const offset = offsetOf(rule, length);
    return wire.setFault({ from, to }, { tamper: (bytes) => flipped(bytes, offset) });
  }

  /** The same bytes again: behind the first, or, of a ClientHello, as the beginning of another connection. */
  #replay(
    { message }: TamperRule,
    outgoing: Omit<OutgoingMessage, 'kind' | 'pod' | 'refs'>,
    flight: ArtefactId,
  ): void {
    const isNew = message === 'ClientHello';
    const stream = isNew ? this.#world.connections.nextId() : outgoing.stream;
    dispatch(this.#world, { ...outgoing, stream, label: `${outgoing.label} (replayed)` }, flight);
  }
}
