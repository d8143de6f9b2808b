import { type Bytes, asBytes } from '../bytes/bytes.ts';
import { type ProtoMessageType, protoSpans, protoTree } from '../bytes/proto-tree.ts';
import type { Span } from '../bytes/span.ts';

/** A written message: its bytes at once, the spans naming their parts only when they are asked for. */
export class EncodedMessage {
  readonly bytes: Bytes;
  readonly type: ProtoMessageType;

  constructor(bytes: Bytes, type: ProtoMessageType) {
    this.bytes = bytes;
    this.type = type;
  }

  get spans(): readonly Span[] {
    return protoSpans(protoTree(this.bytes, this.type));
  }
}

/** A read message: its values, the bytes they came from, and on demand the spans. */
export class DecodedMessage<T> extends EncodedMessage {
  readonly message: T;

  constructor(message: T, bytes: Uint8Array, type: ProtoMessageType) {
    super(asBytes(bytes), type);
    this.message = message;
  }
}
