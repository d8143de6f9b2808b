import { ByteError } from '../../bytes/index.ts';
import { MessageJoiner } from '../connection/message-joiner.ts';
import { Fault } from '../fault.ts';
import { InputBuffer } from '../records/input-buffer.ts';
import { HEADER_LENGTH } from '../records/record.ts';
import { helloInfo, type ClientHelloInfo } from './hello-info.ts';
import { readMessage } from './read.ts';

/** Envoy's inspector gives up on a ClientHello longer than this. */
const MAX_HELLO = 16 * 1024;

export type PeekedHello =
  | { readonly kind: 'incomplete' }
  /** Not TLS, or a hello that cannot be read: Envoy's TLS inspector treats both as plaintext. */
  | { readonly kind: 'not-tls' }
  | { readonly kind: 'client-hello'; readonly info: ClientHelloInfo };

/**
 * Looks at the first octets of a connection without taking them, as Envoy's TLS inspector does to choose a filter chain.
 *
 * @param bytes everything that has arrived so far
 */
export function peekClientHello(bytes: Uint8Array): PeekedHello {
  const input = new InputBuffer();
  const joiner = new MessageJoiner();
  input.push(bytes);
  try {
    for (let frame = input.next(); frame !== null; frame = input.next()) {
      if (frame.type !== 'handshake') return { kind: 'not-tls' };
      joiner.push(frame.bytes.subarray(HEADER_LENGTH));
      const message = joiner.next(MAX_HELLO);
      if (message === null) continue;
      const hello = readMessage(message, false).message;
      return hello.type === 'ClientHello'
        ? { kind: 'client-hello', info: helloInfo(hello) }
        : { kind: 'not-tls' };
    }
  } catch (error) {
    if (error instanceof Fault || error instanceof ByteError) return { kind: 'not-tls' };
    throw error;
  }
  return { kind: 'incomplete' };
}
