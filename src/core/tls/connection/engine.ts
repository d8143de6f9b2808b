import { type Bytes, ByteReader } from '../../bytes/index.ts';
import { type AlertDescription, alertCodes, alertDescription } from '../alert.ts';
import type { TlsConfig } from '../config.ts';
import { type TlsConnection, type TlsState, TlsStateError } from '../connection.ts';
import type { HandshakeTypeName, TlsEvent, TlsOutput } from '../event.ts';
import { Fault, faultOf } from '../fault.ts';
import { handshakeTypeOf, handshakeCodes } from '../messages/message.ts';
import { readMessage } from '../messages/read.ts';
import type { InnerRecord } from '../records/record-reader.ts';
import type { TlsRole, TlsSession } from '../session.ts';
import { ConnectionContext } from './context.ts';
import { MessageJoiner } from './message-joiner.ts';
import type { ConnectionState } from './state.ts';
import { TrafficKeys } from './traffic.ts';

/** Messages that end a record, for the keys change after them (RFC 9846 section 5.1). */
const KEY_CHANGES: ReadonlySet<HandshakeTypeName> = new Set([
  'ClientHello',
  'ServerHello',
  'EndOfEarlyData',
  'Finished',
  'KeyUpdate',
]);
/** user_canceled in a row that are passed over; BoringSSL's bound for warnings. */
const MAX_WARNINGS = 4;

/** A role's part in a connection: its first state, and the one after it has spoken first. */
export interface RoleDriver {
  readonly role: TlsRole;
  begin(context: ConnectionContext): ConnectionState;
  start?(context: ConnectionContext): Promise<ConnectionState>;
}

/** Serves calls in order, feeds records to the state, and ends the connection when something is wrong. */
export class Engine implements TlsConnection {
  readonly role: TlsRole;
  readonly #context: ConnectionContext;
  readonly #driver: RoleDriver;
  readonly #traffic: TrafficKeys;
  readonly #joiner = new MessageJoiner();
  #state: ConnectionState;
  #ended: 'Closed' | 'Failed' | null = null;
  #started = false;
  #writeClosed = false;
  #readClosed = false;
  #warnings = 0;
  #events: (TlsEvent | Promise<TlsEvent>)[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(driver: RoleDriver, config: TlsConfig) {
    this.role = driver.role;
    this.#driver = driver;
    this.#context = new ConnectionContext(driver.role, config, (event) => this.#events.push(event));
    this.#traffic = new TrafficKeys(this.#context);
    this.#state = driver.begin(this.#context);
  }

  get state(): TlsState {
    return this.#ended ?? this.#state.name;
  }

  get session(): TlsSession | null {
    return this.#context.session;
  }

  get writeClosed(): boolean {
    return this.#writeClosed;
  }

  get readClosed(): boolean {
    return this.#readClosed;
  }

  start(): Promise<TlsOutput> {
    if (this.#started || this.#ended !== null) return this.#refuse('start', 'a connection starts once');
    this.#started = true;
    return this.#serve(async () => {
      if (this.#driver.start) this.#state = await this.#driver.start(this.#context);
    });
  }

  receive(bytes: Uint8Array): Promise<TlsOutput> {
    if (this.#ended !== null) return this.#refuse('receive', 'the connection is over');
    if (this.#driver.start && !this.#started) return this.#refuse('receive', 'call start() first');
    return this.#serve(async () => {
      if (this.#ended !== null || this.#readClosed) return;
      this.#context.reader.push(bytes);
      await this.#readRecords();
      if (this.#ended === null && !this.#writeClosed) await this.#traffic.answerUpdate();
    });
  }

  write(data: Uint8Array): Promise<TlsOutput> {
    return this.#whenWritable('write', () => this.#traffic.write(data));
  }

  updateKeys(requestPeer: boolean): Promise<TlsOutput> {
    return this.#whenWritable('updateKeys', () => this.#traffic.update(requestPeer));
  }

  close(): Promise<TlsOutput> {
    return this.#serve(() => {
      if (this.#ended === null && !this.#writeClosed) this.#sendClose();
      return Promise.resolve();
    });
  }

  transportClosed(): Promise<TlsOutput> {
    return this.#serve(() => {
      if (this.#ended === null) {
        this.#end(this.#readClosed ? 'Closed' : 'Failed', this.#readClosed ? 'clean' : 'truncated');
      }
      return Promise.resolve();
    });
  }

  async exportKeyingMaterial(label: string, context: Uint8Array, length: number): Promise<Bytes> {
    const { schedule, session } = this.#context;
    if (schedule === null || session === null)
      throw new TlsStateError('exportKeyingMaterial', this.state, 'the handshake is not done');
    return schedule.export(label, context, length);
  }

  #refuse(call: string, hint: string): Promise<never> {
    return Promise.reject(new TlsStateError(call, this.state, hint));
  }

  async #whenWritable(call: string, run: () => Promise<void>): Promise<TlsOutput> {
    return this.#serve(() => {
      if (this.#writeClosed || this.#ended !== null) return this.#refuse(call, 'closed for writing');
      if (this.#state.name !== 'Connected') return this.#refuse(call, 'the handshake is not done');
      return run();
    });
  }

  /** Runs `call` after those before it and collects what it brings about. */
  #serve(call: () => Promise<void>): Promise<TlsOutput> {
    const output = this.#queue.then(() => this.#run(call));
    this.#queue = output.catch(() => undefined);
    return output;
  }

  async #run(call: () => Promise<void>): Promise<TlsOutput> {
    this.#events = [];
    try {
      await call();
    } catch (error) {
      if (error instanceof TlsStateError) throw error;
      this.#fail(faultOf(error));
    }
    const bytes = await this.#context.writer.take();
    const events = await Promise.all(this.#events.map((event) => Promise.resolve(event)));
    this.#events = [];
    return { bytes, events };
  }

  async #readRecords(): Promise<void> {
    while (this.#ended === null && !this.#readClosed) {
      const record = await this.#context.reader.next();
      if (record === null) return;
      await this.#take(record);
    }
  }

  async #take(record: InnerRecord): Promise<void> {
    if (record.type === 'alert') return this.#takeAlert(record.content);
    // An empty record says nothing, so warnings with such between them are still in a row.
    if (record.content.length > 0) this.#warnings = 0;
    if (record.type === 'handshake') {
      this.#joiner.push(record.content);
      return this.#takeMessages();
    }
    if (!this.#joiner.isEmpty) {
      const reason = `${record.type} between the parts of a handshake message`;
      throw new Fault('unexpected_message', 'record.interleaved', reason, '5.1');
    }
    this.#takeData(record);
  }

  #takeData({ content, epoch }: InnerRecord): void {
    if (epoch === 'early' && this.#state.earlyData) return this.#state.earlyData(content);
    if (this.#state.name !== 'Connected' || epoch !== 'application') {
      const reason = `application data in state ${this.#state.name}`;
      throw new Fault('unexpected_message', 'data.time', reason, '5');
    }
    if (content.length === 0) return;
    this.#traffic.sawData();
    this.#context.emit({ kind: 'data', data: content, early: false });
  }

  async #takeMessages(): Promise<void> {
    while (this.#ended === null) {
      const { limits, session } = this.#context;
      const limit = session === null ? limits.handshakeMessage : limits.postHandshakeMessage;
      const bytes = this.#joiner.next(limit);
      if (bytes === null) return;
      await this.#takeMessage(bytes);
    }
  }

  async #takeMessage(bytes: Bytes): Promise<void> {
    const type = handshakeTypeOf(bytes[0]!);
    if (type === null || !this.#accepts(type)) {
      if (type !== null) this.#context.note(type, bytes, []);
      const reason = `${type ?? `handshake type ${bytes[0]!}`} in state ${this.#state.name}`;
      throw new Fault('unexpected_message', 'message.time', reason, '4');
    }
    if (KEY_CHANGES.has(type) && !this.#joiner.isEmpty) {
      const reason = `${type} does not end its record, and the keys change after it`;
      throw new Fault('unexpected_message', 'message.boundary', reason, '5.1');
    }
    let received;
    try {
      received = readMessage(bytes, this.#context.annotate);
    } catch (error) {
      this.#context.note(type, bytes, []);
      throw error;
    }
    const { message, spans } = received;
    if (message.type === 'KeyUpdate') {
      this.#context.note(type, bytes, spans);
      return this.#traffic.peerUpdated(message.requestUpdate);
    }
    this.#state = await this.#state.handle({ message, bytes, spans });
  }

  #accepts(type: HandshakeTypeName): boolean {
    if (type === 'KeyUpdate') return this.#state.name === 'Connected';
    // A HelloRetryRequest has the number of a ServerHello: the state looks at its random.
    return this.#state.accepts.some((accepted) => handshakeCodes[accepted] === handshakeCodes[type]);
  }

  #takeAlert(content: Bytes): void {
    const reader = new ByteReader(content, { spans: false });
    const level = reader.u8();
    const code = reader.u8();
    reader.finish('alert');
    const description = alertDescription(code);
    const isWarning = description === 'close_notify' || description === 'user_canceled';
    this.#context.emit({
      kind: 'alert',
      direction: 'received',
      level: isWarning ? 'warning' : 'fatal',
      description: description ?? 'unknown',
      code,
      epoch: this.#context.reader.epoch,
      fault: null,
    });
    if (level !== 1 && level !== 2)
      throw new Fault('illegal_parameter', 'alert.level', `alert level ${level} is neither 1 nor 2`, '6');
    if (description === 'close_notify') return this.#peerClosed();
    if (description === 'user_canceled') return this.#countWarning();
    this.#end('Failed', 'alert');
  }

  #countWarning(): void {
    this.#warnings++;
    if (this.#warnings <= MAX_WARNINGS) return;
    throw new Fault('unexpected_message', 'alert.too-many', `more than ${MAX_WARNINGS} warnings in a row`);
  }

  #peerClosed(): void {
    this.#readClosed = true;
    // Before the handshake is done there is nothing to finish sending.
    if (this.#writeClosed || this.#context.session === null) this.#end('Closed', 'clean');
  }

  #sendClose(): void {
    if (this.#context.session === null) this.#sendAlert('user_canceled', false, null);
    this.#sendAlert('close_notify', false, null);
    this.#writeClosed = true;
    if (this.#readClosed || this.#context.session === null) this.#end('Closed', 'clean');
  }

  #fail(fault: Fault): void {
    if (this.#ended !== null) return;
    if (!this.#writeClosed) this.#sendAlert(fault.alert, true, fault);
    this.#end('Failed', 'alert', fault);
  }

  #sendAlert(description: AlertDescription, fatal: boolean, fault: Fault | null): void {
    const code = alertCodes[description];
    const { writer, emit } = this.#context;
    const epoch = writer.epoch;
    writer.alert(fatal, code);
    emit({
      kind: 'alert',
      direction: 'sent',
      level: fatal ? 'fatal' : 'warning',
      description,
      code,
      epoch,
      fault: fault?.describe() ?? null,
    });
  }

  #end(state: 'Closed' | 'Failed', how: 'clean' | 'alert' | 'truncated', fault: Fault | null = null): void {
    this.#ended = state;
    this.#context.transcript.release();
    this.#context.emit({ kind: 'closed', how, fault: fault?.describe() ?? null });
  }
}
