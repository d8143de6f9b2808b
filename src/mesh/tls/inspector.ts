import { handshakeCodes } from '../../core/tls/messages/message.ts';
import { readMessage } from '../../core/tls/messages/read.ts';
import { helloInfo } from '../../core/tls/server/client-offer.ts';
import type { ClientHelloInfo } from '../../core/tls/index.ts';

const recordHeader = 5;
const handshakeRecord = 22;

/**
 * What Envoy's TLS inspector makes of the first bytes of a connection: what the ClientHello asks for, or null for what is
 * none and goes to the chains for plaintext (source/extensions/filters/listener/tls_inspector). Simplified: the hello
 * comes in one record.
 */
export function inspectFirstBytes(bytes: Uint8Array): ClientHelloInfo | null {
  if (bytes[0] !== handshakeRecord || bytes[recordHeader] !== handshakeCodes.ClientHello) return null;
  const length = ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0);
  try {
    const { message } = readMessage(bytes.subarray(recordHeader, recordHeader + length), false);
    return message.type === 'ClientHello' ? helloInfo(message) : null;
  } catch {
    return null;
  }
}

/** Whether a client speaks mesh TLS: its ALPN says so. */
export function isMeshTls({ alpn }: ClientHelloInfo): boolean {
  return alpn.some((protocol) => protocol === 'istio' || protocol.startsWith('istio-'));
}
