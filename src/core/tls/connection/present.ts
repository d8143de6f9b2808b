import type { TlsCredential } from '../config.ts';
import { chooseScheme, signedContent, signTranscript } from '../peer/certificate-verify.ts';
import { type HkdfSecret } from '../key-schedule/hkdf.ts';
import { verifyData } from '../key-schedule/traffic-secret.ts';
import { signatureSchemes } from '../names.ts';
import type { ConnectionContext } from './context.ts';

const NO_CONTEXT = new Uint8Array(0);

/**
 * Sends Certificate and CertificateVerify; without a credential, a Certificate that lists none and no proof (RFC 9846
 * section 4.4.2).
 *
 * @param accepted signature schemes the peer takes
 * @throws Fault handshake_failure where the key can make none of them
 */
export async function presentCredential(
  context: ConnectionContext,
  credential: TlsCredential | null,
  accepted: readonly number[],
): Promise<void> {
  const scheme = credential === null ? null : chooseScheme(credential.keyPair, accepted);
  const entries = credential?.chain.map(({ der }) => ({ der, extensions: [] })) ?? [];
  context.send({ type: 'Certificate', context: NO_CONTEXT, entries });
  if (credential === null || scheme === null || entries.length === 0) return;
  const content = signedContent(context.role, await context.transcript.current());
  const signature = await signTranscript(context.provider, credential.keyPair, scheme, content);
  context.send({ type: 'CertificateVerify', scheme: signatureSchemes[scheme], signature });
}

/** @param base own handshake traffic secret */
export async function sendFinished(context: ConnectionContext, base: HkdfSecret): Promise<void> {
  const { finishedKey, verifyData: proof } = await verifyData(base, await context.transcript.current());
  const { role, schedule } = context;
  schedule!.announceFinishedKey(`${role}_finished_key`, `${role}_handshake_traffic_secret`, finishedKey);
  context.send({ type: 'Finished', verifyData: proof });
}
