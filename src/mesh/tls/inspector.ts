import { peekClientHello, type ClientHelloInfo } from '../../core/tls/index.ts';

/**
 * What Envoy's TLS inspector makes of the first bytes of a connection: what the ClientHello asks for, or null for what is
 * none and goes to the chains for plaintext (source/extensions/filters/listener/tls_inspector). Simplified: the hello
 * comes in one packet.
 */
export function inspectFirstBytes(bytes: Uint8Array): ClientHelloInfo | null {
  const peeked = peekClientHello(bytes);
  return peeked.kind === 'client-hello' ? peeked.info : null;
}

/** Whether a client speaks mesh TLS: its ALPN says so. */
export function isMeshTls({ alpn }: ClientHelloInfo): boolean {
  return alpn.some((protocol) => protocol === 'istio' || protocol.startsWith('istio-'));
}
