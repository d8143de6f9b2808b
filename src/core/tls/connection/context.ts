import type { Bytes } from '../../bytes/index.ts';
import type { CryptoProvider } from '../../crypto/index.ts';
import type { TlsConfig } from '../config.ts';
import type { EpochName, HandshakeTypeName, MessageEvent, TlsEvent } from '../event.ts';
import type { HkdfSecret } from '../key-schedule/hkdf.ts';
import { KeySchedule } from '../key-schedule/key-schedule.ts';
import type { TrafficSecret } from '../key-schedule/traffic-secret.ts';
import { Transcript } from '../key-schedule/transcript.ts';
import { defaultLimits, type TlsLimits } from '../limits.ts';
import type { HandshakeMessage } from '../messages/message.ts';
import { writeMessage } from '../messages/write.ts';
import type { CipherSuiteParameters } from '../names.ts';
import { Protection } from '../records/protection.ts';
import { RecordReader } from '../records/record-reader.ts';
import { RecordWriter } from '../records/record-writer.ts';
import type { TlsRole, TlsSession } from '../session.ts';
import type { ReceivedMessage } from './state.ts';

export type Emit = (event: TlsEvent | Promise<TlsEvent>) => void;

/** What the states of a handshake share: the record layer, the transcript, and where events go. */
export class ConnectionContext {
  readonly role: TlsRole;
  readonly provider: CryptoProvider;
  readonly limits: TlsLimits;
  readonly annotate: boolean;
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly transcript: Transcript;
  readonly emit: Emit;
  schedule: KeySchedule | null = null;
  session: TlsSession | null = null;
  #clientRandom: Bytes = new Uint8Array(0);

  constructor(role: TlsRole, config: TlsConfig, emit: Emit) {
    this.role = role;
    this.provider = config.provider;
    this.limits = { ...defaultLimits, ...config.limits };
    this.annotate = config.annotate ?? true;
    this.emit = emit;
    const annotate = this.annotate;
    this.reader = new RecordReader({ annotate, emit, emptyRecords: this.limits.emptyRecords });
    this.writer = new RecordWriter({ annotate, emit });
    this.transcript = new Transcript(config.provider);
  }

  get clientRandom(): Bytes {
    return this.#clientRandom;
  }

  set clientRandom(random: Bytes) {
    this.#clientRandom = random;
  }

  newSchedule(suite: CipherSuiteParameters): KeySchedule {
    return new KeySchedule(this.provider, suite, { clientRandom: this.#clientRandom, emit: this.emit });
  }

  /** Encodes, counts into the transcript and queues a message of this side. */
  send(message: HandshakeMessage): void {
    const { bytes, spans } = writeMessage(message, this.annotate);
    this.sendEncoded(message.type, bytes, spans);
  }

  sendEncoded(type: HandshakeTypeName, bytes: Bytes, spans: MessageEvent['spans']): void {
    this.transcript.append(bytes);
    this.#announce('sent', type, bytes, spans, this.writer.epoch, true);
    this.writer.handshake(bytes);
  }

  /** As {@link send}, after the handshake: no part of the transcript. */
  sendAfterHandshake(message: HandshakeMessage): void {
    const { bytes, spans } = writeMessage(message, this.annotate);
    this.#announce('sent', message.type, bytes, spans, this.writer.epoch, false);
    this.writer.handshake(bytes);
  }

  /** Counts a message of the peer into the transcript. */
  admit({ message, bytes, spans }: ReceivedMessage): void {
    this.transcript.append(bytes);
    this.#announce('received', message.type, bytes, spans, this.reader.epoch, true);
  }

  /** Announces a message of the peer that is no part of the transcript. */
  note(type: HandshakeTypeName, bytes: Bytes, spans: MessageEvent['spans']): void {
    this.#announce('received', type, bytes, spans, this.reader.epoch, false);
  }

  async writeWith(epoch: Exclude<EpochName, 'plaintext'>, secret: TrafficSecret): Promise<void> {
    this.useToWrite(await Protection.from(this.provider, epoch, secret));
  }

  async readWith(epoch: Exclude<EpochName, 'plaintext'>, secret: TrafficSecret): Promise<void> {
    this.useToRead(await Protection.from(this.provider, epoch, secret));
  }

  useToWrite(protection: Protection): void {
    this.writer.setProtection(protection);
    this.#announceKeys('sent', protection);
  }

  useToRead(protection: Protection): void {
    this.reader.setProtection(protection);
    this.#announceKeys('received', protection);
  }

  #announceKeys(direction: 'sent' | 'received', { epoch, secret, key, iv }: Protection): void {
    const { generation, name } = secret;
    this.emit({ kind: 'traffic-key', direction, epoch, generation, derivedFrom: name, key, iv });
  }

  #announce(
    direction: 'sent' | 'received',
    type: HandshakeTypeName,
    bytes: Bytes,
    spans: MessageEvent['spans'],
    epoch: EpochName,
    counted: boolean,
  ): void {
    const event = { kind: 'message' as const, direction, type, bytes, spans, epoch };
    const hashable = this.annotate && counted && this.transcript.hashName !== null;
    if (!hashable) this.emit({ ...event, transcriptHash: null });
    else this.emit(this.transcript.current().then((transcriptHash) => ({ ...event, transcriptHash })));
  }
}

/** What both sides know when a handshake is done. */
export interface Established {
  readonly session: TlsSession;
  readonly clientTraffic: TrafficSecret;
  readonly serverTraffic: TrafficSecret;
  readonly resumption: HkdfSecret;
}
