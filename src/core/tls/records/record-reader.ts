import type { Bytes } from '../../bytes/index.ts';
import type { ContentTypeName, EpochName, RecordEvent } from '../event.ts';
import { Fault } from '../fault.ts';
import { type Frame, InputBuffer } from './input-buffer.ts';
import type { Protection } from './protection.ts';
import { contentTypeOf, HEADER_LENGTH, MAX_CONTENT, recordEvent } from './record.ts';

export interface InnerRecord {
  readonly type: ContentTypeName;
  readonly content: Bytes;
  readonly epoch: EpochName;
}

interface ReaderOptions {
  readonly annotate: boolean;
  readonly emptyRecords: number;
  readonly emit: (event: RecordEvent) => void;
}

interface Opening {
  readonly sequence: number;
  readonly inner: Promise<Bytes | null>;
}

/** How many records are opened ahead of the one that is looked at. */
const LOOK_AHEAD = 8;

/** The receiving half of the record layer: cuts, opens, and refuses what may not come now. */
export class RecordReader {
  readonly #options: ReaderOptions;
  readonly #input = new InputBuffer();
  #ahead: { readonly frame: Frame; opening: Opening | null }[] = [];
  #protection: Protection | null = null;
  #emptyInARow = 0;
  #opened = 0;
  #skippable = 0;
  #skipping: 'none' | 'undecryptable' | 'until-hello' = 'none';
  /** change_cipher_spec may come: from the first ClientHello to the peer's Finished (RFC 9846 section 5). */
  allowsChangeCipherSpec = false;
  /** An unprotected alert may come before the first protected record: a client may fail before it has keys to use. */
  allowsPlaintextAlert = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  get epoch(): EpochName {
    return this.#protection?.epoch ?? 'plaintext';
  }

  get protection(): Protection | null {
    return this.#protection;
  }

  setProtection(protection: Protection): void {
    this.#protection = protection;
    this.#opened = 0;
    // What was opened ahead was opened with keys that are no longer the right ones.
    for (const item of this.#ahead) item.opening = null;
  }

  /**
   * Early data that was rejected is passed over (RFC 9846 section 4.2.10).
   *
   * @param until `undecryptable`: what the handshake keys do not open; `until-hello`: all of it, after a HelloRetryRequest
   */
  skipEarlyData(until: 'undecryptable' | 'until-hello', octets: number): void {
    this.#skipping = until;
    this.#skippable = octets;
  }

  push(bytes: Uint8Array): void {
    this.#input.push(bytes);
  }

  /**
   * The next record's content, or null where no whole one is there.
   *
   * @throws Fault for every record that may not be
   */
  async next(): Promise<InnerRecord | null> {
    for (;;) {
      const item = this.#ahead.shift() ?? this.#cut();
      if (item === null) return null;
      const record = await this.#open(item.frame, item.opening);
      if (record === null) continue;
      this.#countEmpty(record);
      if (record.type !== 'change_cipher_spec') return record;
    }
  }

  #cut(): { frame: Frame; opening: Opening | null } | null {
    const frame = this.#input.next();
    return frame === null ? null : { frame, opening: null };
  }

  /** Null for a record that is passed over. */
  async #open(frame: Frame, opening: Opening | null): Promise<InnerRecord | null> {
    if (frame.type === 'change_cipher_spec') return this.#changeCipherSpec(frame);
    const protection = this.#protection;
    if (protection === null) return this.#plaintext(frame);
    if (frame.type === 'application_data') return this.#protected(protection, frame, opening);
    if (frame.type === 'alert' && this.allowsPlaintextAlert && this.#opened === 0)
      return this.#unprotected(frame);
    const reason = `an unprotected record of ${frame.type} where ${protection.epoch} keys are in use`;
    throw new Fault('unexpected_message', 'record.unprotected', reason, '5.2');
  }

  #changeCipherSpec(frame: Frame): InnerRecord {
    const record = this.#unprotected(frame);
    if (!this.allowsChangeCipherSpec)
      throw new Fault('unexpected_message', 'ccs.time', 'change_cipher_spec outside the handshake', '5');
    if (record.content.length !== 1 || record.content[0] !== 1)
      throw new Fault('unexpected_message', 'ccs.value', 'change_cipher_spec is not the one octet 1', '5');
    return record;
  }

  #plaintext(frame: Frame): InnerRecord | null {
    if (frame.type !== 'application_data') {
      if (frame.type === 'handshake') this.#skipping = 'none';
      return this.#checked(this.#unprotected(frame));
    }
    if (this.#skipping === 'until-hello') return this.#skip(frame);
    throw new Fault('unexpected_message', 'record.early', 'application data before any keys', '5');
  }

  async #protected(
    protection: Protection,
    frame: Frame,
    started: Opening | null,
  ): Promise<InnerRecord | null> {
    const opening = started ?? startOpening(protection, frame);
    this.#lookAhead(protection);
    const inner = await opening.inner;
    if (inner === null) {
      if (this.#skipping === 'undecryptable') {
        protection.rewind();
        return this.#skip(frame);
      }
      this.#emitUnopened(protection, frame, opening.sequence);
      const reason = `record ${opening.sequence} of ${frame.bytes.length} octets does not open with the ${protection.epoch} key`;
      throw new Fault('bad_record_mac', 'record.mac', reason, '5.2');
    }
    this.#skipping = 'none';
    this.#opened++;
    return this.#checked(this.#unwrap(protection, frame, inner, opening.sequence));
  }

  /** Opens what is already there with the same keys; a key change takes it back. */
  #lookAhead(protection: Protection): void {
    if (protection.epoch !== 'application') return;
    while (this.#ahead.length < LOOK_AHEAD) {
      let item;
      try {
        item = this.#cut();
      } catch {
        // The fault is found again, in its turn: a frame that cannot be cut stays in the buffer.
        item = null;
      }
      if (item === null) break;
      this.#ahead.push(item);
    }
    for (const item of this.#ahead) {
      if (item.frame.type !== 'application_data') break;
      item.opening ??= startOpening(protection, item.frame);
    }
  }

  #unwrap(protection: Protection, frame: Frame, inner: Bytes, sequence: number): InnerRecord {
    let end = inner.length - 1;
    while (end >= 0 && inner[end] === 0) end--;
    if (end < 0) {
      const reason = `record ${sequence} holds only zeros: no content type`;
      throw new Fault('unexpected_message', 'record.no-type', reason, '5.4');
    }
    const type = contentTypeOf(inner[end]!);
    if (type === null || type === 'change_cipher_spec') {
      const reason = `record ${sequence}: content type ${inner[end]!} may not be protected`;
      throw new Fault('unexpected_message', 'record.inner-type', reason, '5.2');
    }
    const content = inner.subarray(0, end);
    this.#options.emit(
      recordEvent(
        {
          direction: 'received',
          bytes: frame.bytes,
          outerType: frame.type,
          innerType: type,
          content,
          padding: inner.length - 1 - end,
          epoch: protection.epoch,
          generation: protection.secret.generation,
          sequence,
        },
        this.#options.annotate,
      ),
    );
    if (inner.length > MAX_CONTENT + 1) {
      const reason = `record ${sequence} holds ${inner.length} octets, ${MAX_CONTENT + 1} are allowed`;
      throw new Fault('record_overflow', 'record.inner-length', reason, '5.4');
    }
    return { type, content, epoch: protection.epoch };
  }

  #unprotected(frame: Frame): InnerRecord {
    const content = frame.bytes.subarray(HEADER_LENGTH);
    this.#emit(frame, content, 'plaintext', 0, null);
    return { type: frame.type, content, epoch: 'plaintext' };
  }

  #emitUnopened(protection: Protection, frame: Frame, sequence: number): void {
    this.#emit(frame, new Uint8Array(0), protection.epoch, protection.secret.generation, sequence);
  }

  #emit(frame: Frame, content: Bytes, epoch: EpochName, generation: number, sequence: number | null): void {
    const { bytes, type } = frame;
    const types = { outerType: type, innerType: type };
    const rest = { direction: 'received' as const, bytes, content, padding: 0, epoch, generation, sequence };
    this.#options.emit(recordEvent({ ...types, ...rest }, this.#options.annotate));
  }

  #checked(record: InnerRecord): InnerRecord {
    if (record.content.length > 0 || record.type === 'application_data') return record;
    const reason = `a record of ${record.type} without content`;
    throw new Fault('unexpected_message', 'record.empty', reason, '5.1');
  }

  #countEmpty(record: InnerRecord): void {
    const isEmpty = record.content.length === 0 || record.type === 'change_cipher_spec';
    this.#emptyInARow = isEmpty ? this.#emptyInARow + 1 : 0;
    if (this.#emptyInARow <= this.#options.emptyRecords) return;
    const reason = `more than ${this.#options.emptyRecords} records without content in a row`;
    throw new Fault('unexpected_message', 'record.too-many-empty', reason);
  }

  #skip(frame: Frame): null {
    // Headers count, as in BoringSSL: records without content would go on without end.
    this.#skippable -= frame.bytes.length;
    this.#emit(frame, new Uint8Array(0), 'early', 0, null);
    if (this.#skippable >= 0) return null;
    throw new Fault(
      'unexpected_message',
      'early-data.too-much',
      'more rejected early data than is skipped',
      '4.2.10',
    );
  }
}

function startOpening(protection: Protection, frame: Frame): Opening {
  const sequence = protection.advance();
  const header = frame.bytes.subarray(0, HEADER_LENGTH);
  return { sequence, inner: protection.open(sequence, header, frame.bytes.subarray(HEADER_LENGTH)) };
}
