import { type Bytes, concatBytes } from '../../bytes/index.ts';
import type { ContentTypeName, EpochName, RecordEvent } from '../event.ts';
import { Fault } from '../fault.ts';
import type { Protection } from './protection.ts';
import { contentTypes, HEADER_LENGTH, MAX_CONTENT, recordEvent, recordHeader } from './record.ts';
import { TAG_LENGTH } from './aead.ts';

interface WriterOptions {
  readonly annotate: boolean;
  readonly emit: (event: Promise<RecordEvent>) => void;
}

/**
 * The sending half of the record layer: packs handshake messages into as few records as hold them, as BoringSSL does,
 * and protects. Records are sealed side by side and stay in order.
 */
export class RecordWriter {
  readonly #options: WriterOptions;
  #protection: Protection | null = null;
  #output: Promise<Bytes>[] = [];
  #flight: Bytes[] = [];
  #changeCipherSpecDue = false;
  #wroteAny = false;
  #maxContent = MAX_CONTENT;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get epoch(): EpochName {
    return this.#protection?.epoch ?? 'plaintext';
  }

  /** Most octets of content in a record: less than 2^14 where the peer asked so. */
  get maxContent(): number {
    return this.#maxContent;
  }

  get protection(): Protection | null {
    return this.#protection;
  }

  /** @param limit record_size_limit of the peer, octets of content and its type (RFC 8449 section 4) */
  limitRecords(limit: number): void {
    if (limit < 64) {
      const reason = `record_size_limit is ${limit}, at least 64 is needed`;
      throw new Fault('illegal_parameter', 'record-size-limit', reason, 'RFC 8449 4');
    }
    this.#maxContent = Math.min(MAX_CONTENT, limit - 1);
  }

  /** What was queued goes out under the old keys. */
  setProtection(protection: Protection | null): void {
    this.flush();
    this.#protection = protection;
  }

  /** A change_cipher_spec goes out before the next record, as BoringSSL queues it. */
  changeCipherSpec(): void {
    this.flush();
    this.#changeCipherSpecDue = true;
  }

  /** A change_cipher_spec goes out at once, where nothing of this side follows. */
  changeCipherSpecNow(): void {
    this.flush();
    this.#plain('change_cipher_spec', Uint8Array.of(1));
  }

  handshake(message: Bytes): void {
    this.#flight.push(message);
  }

  /** Early and application data. */
  data(data: Uint8Array): void {
    this.flush();
    this.#fragment('application_data', data);
  }

  /** An alert is a record of its own; handshake messages that did not go out are dropped where it is fatal. */
  alert(fatal: boolean, code: number): void {
    if (fatal) this.#flight = [];
    else this.flush();
    this.#record('alert', Uint8Array.of(fatal ? 2 : 1, code));
  }

  flush(): void {
    const flight = this.#flight;
    if (flight.length === 0) return;
    this.#flight = [];
    this.#fragment('handshake', flight.length === 1 ? flight[0]! : concatBytes(...flight));
  }

  /** Everything written since the last call. */
  async take(): Promise<Bytes> {
    this.flush();
    if (this.#output.length === 0) return new Uint8Array(0);
    const parts = this.#output;
    this.#output = [];
    return parts.length === 1 ? parts[0]! : concatBytes(...(await Promise.all(parts)));
  }

  #fragment(type: ContentTypeName, content: Uint8Array): void {
    let at = 0;
    do {
      this.#record(type, content.subarray(at, at + this.#maxContent));
      at += this.#maxContent;
    } while (at < content.length);
  }

  #record(type: ContentTypeName, content: Uint8Array): void {
    if (this.#changeCipherSpecDue) {
      this.#changeCipherSpecDue = false;
      this.#plain('change_cipher_spec', Uint8Array.of(1));
    }
    if (this.#protection === null) this.#plain(type, content);
    else this.#protected(this.#protection, type, content);
  }

  #plain(type: ContentTypeName, content: Uint8Array): void {
    // The very first record may say 1.0, for the sake of old middleboxes (RFC 9846 section 5.1).
    const version = this.#wroteAny || type !== 'handshake' || content[0] !== 1 ? 0x0303 : 0x0301;
    this.#wroteAny = true;
    const bytes = concatBytes(recordHeader(type, version, content.length), content);
    this.#push(
      Promise.resolve(
        recordEvent(
          {
            direction: 'sent',
            bytes,
            outerType: type,
            innerType: type,
            content: bytes.subarray(HEADER_LENGTH),
            padding: 0,
            epoch: 'plaintext',
            generation: 0,
            sequence: null,
          },
          this.#options.annotate,
        ),
      ),
    );
  }

  #protected(protection: Protection, innerType: ContentTypeName, content: Uint8Array): void {
    const inner = new Uint8Array(content.length + 1);
    inner.set(content);
    inner[content.length] = contentTypes[innerType];
    const header = recordHeader('application_data', 0x0303, inner.length + TAG_LENGTH);
    const sequence = protection.advance();
    this.#push(
      protection.seal(sequence, header, inner).then((sealed) =>
        recordEvent(
          {
            direction: 'sent',
            bytes: concatBytes(header, sealed),
            outerType: 'application_data',
            innerType,
            content: inner.subarray(0, content.length),
            padding: 0,
            epoch: protection.epoch,
            generation: protection.secret.generation,
            sequence,
          },
          this.#options.annotate,
        ),
      ),
    );
  }

  #push(event: Promise<RecordEvent>): void {
    this.#options.emit(event);
    this.#output.push(event.then(({ bytes }) => bytes));
  }
}
