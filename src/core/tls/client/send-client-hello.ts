import type { TlsClientConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import type { ClientHello } from '../messages/message.ts';
import { writeMessage } from '../messages/write.ts';
import { buildClientHello, type HelloParts } from './client-hello.ts';
import { type OfferedPsk, writeHelloWithPsk } from './offered-psk.ts';

/** What a client has said so far. */
export interface ClientOffer {
  readonly config: TlsClientConfig;
  readonly hello: ClientHello;
  readonly parts: HelloParts;
  readonly psk: OfferedPsk | null;
  /** Early data went out with the first hello and was lost to a HelloRetryRequest. */
  readonly lostEarlyData: boolean;
}

/** Sends a ClientHello of these parts; the binder is made anew for each. */
export async function sendClientHello(
  context: ConnectionContext,
  config: TlsClientConfig,
  parts: HelloParts,
  psk: OfferedPsk | null,
  lostEarlyData = false,
): Promise<ClientOffer> {
  const plain = buildClientHello(config, parts);
  const written =
    psk === null
      ? { message: plain, ...writeMessage(plain, context.annotate) }
      : await writeHelloWithPsk(context, plain, psk, config.nowMs());
  context.sendEncoded('ClientHello', written.bytes, written.spans);
  context.writer.flush();
  return { config, hello: written.message, parts, psk, lostEarlyData };
}
