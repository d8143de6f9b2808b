import { ByteReader, ByteWriter, type Bytes, utf8Decode, utf8Encode } from '../../bytes/index.ts';
import { type CipherSuiteParameters, cipherSuiteOf } from '../names.ts';

/** What a server puts into a ticket about the session it may resume. */
export interface SessionState {
  readonly suite: CipherSuiteParameters;
  readonly psk: Bytes;
  readonly issuedAtMs: number;
  /** When the peer last proved who it is: at the full handshake that the row of resumptions began with. */
  readonly authenticatedAtMs: number;
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly maxEarlyData: number;
  readonly alpn: string | null;
  readonly serverName: string | null;
  /** See `ServerTickets.context`. */
  readonly context: string;
  readonly peerIdentity: string | null;
  /** DER, leaf first. */
  readonly peerChain: readonly Bytes[];
}

const FORMAT = 2;

export function writeSessionState(state: SessionState): Bytes {
  const writer = new ByteWriter({ spans: false });
  writer.u8(FORMAT).u16(state.suite.code);
  writer.lengthPrefixed(1, 'psk', () => writer.bytes(state.psk));
  writer.u64(BigInt(Math.round(state.issuedAtMs))).u64(BigInt(Math.round(state.authenticatedAtMs)));
  writer.u32(state.lifetimeSeconds).u32(state.ageAdd).u32(state.maxEarlyData);
  for (const text of [state.alpn, state.serverName, state.peerIdentity]) writeOptional(writer, text);
  writer.lengthPrefixed(2, 'context', () => writer.bytes(utf8Encode(state.context)));
  writer.lengthPrefixed(3, 'chain', () => {
    for (const der of state.peerChain) writer.lengthPrefixed(3, 'certificate', () => writer.bytes(der));
  });
  return writer.toBytes();
}

/** @throws ByteError for what {@link writeSessionState} has not written */
export function readSessionState(bytes: Uint8Array): SessionState | null {
  const reader = new ByteReader(bytes, { spans: false });
  if (reader.u8() !== FORMAT) return null;
  const suite = cipherSuiteOf(reader.u16());
  if (suite === null) return null;
  const psk = reader.lengthPrefixed(1, 'psk', () => reader.rest());
  const [issuedAtMs, authenticatedAtMs] = [Number(reader.u64()), Number(reader.u64())];
  const [lifetimeSeconds, ageAdd, maxEarlyData] = [reader.u32(), reader.u32(), reader.u32()];
  const [alpn, serverName, peerIdentity] = [readOptional(reader), readOptional(reader), readOptional(reader)];
  const context = reader.lengthPrefixed(2, 'context', () => utf8Decode(reader.rest()));
  const peerChain: Bytes[] = [];
  reader.lengthPrefixed(3, 'chain', () => {
    while (!reader.done) peerChain.push(reader.lengthPrefixed(3, 'certificate', () => reader.rest()));
  });
  reader.finish('session state');
  const ages = { issuedAtMs, authenticatedAtMs, lifetimeSeconds, ageAdd, maxEarlyData };
  return { suite, psk, ...ages, alpn, serverName, context, peerIdentity, peerChain };
}

function writeOptional(writer: ByteWriter, text: string | null): void {
  writer.u8(text === null ? 0 : 1);
  if (text !== null) writer.lengthPrefixed(2, 'text', () => writer.bytes(utf8Encode(text)));
}

function readOptional(reader: ByteReader): string | null {
  return reader.u8() === 0 ? null : reader.lengthPrefixed(2, 'text', () => utf8Decode(reader.rest()));
}
