import { type Certificate, parseCertificate, PkiError } from '../../pki/index.ts';
import type { TlsConfig } from '../config.ts';
import type { ConnectionContext } from '../connection/context.ts';
import { Fault } from '../fault.ts';
import type { CertificateMessage } from '../messages/message.ts';
import type { PeerVerdict, PresentedPeer, VerifyPeer } from './verdict.ts';

/**
 * The certificates of a Certificate message (RFC 9846 section 4.4.2).
 *
 * @param offered numbers of the extensions that entries may have: those this side asked for
 * @throws Fault for anything that cannot be a chain to sign with
 */
export function readPeerChain(
  message: CertificateMessage,
  context: ConnectionContext,
  config: TlsConfig,
): readonly Certificate[] {
  const { certificates } = context.limits;
  if (message.entries.length > certificates) {
    const reason = `a chain of ${message.entries.length} certificates, ${certificates} are allowed`;
    // BoringSSL's alert for a chain that is too long.
    throw new Fault('unknown_ca', 'certificate.count', reason);
  }
  const chain = message.entries.map(({ der }, depth) => parse(der, depth, config));
  const [leaf] = chain;
  if (leaf !== undefined) checkLeafKey(leaf);
  return chain;
}

function parse(der: Uint8Array<ArrayBuffer>, depth: number, config: TlsConfig): Certificate {
  try {
    return (config.parseCertificate ?? parseCertificate)(der);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const reason = `certificate ${depth} of the chain cannot be read: ${error.message}`;
    throw new Fault('bad_certificate', 'certificate.syntax', reason, '4.4.2.4');
  }
}

/** What TLS 1.3 asks of the key that signs CertificateVerify, whoever vouches for it. */
function checkLeafKey(leaf: Certificate): void {
  if (leaf.publicKey.kind === 'other') {
    const reason = `the leaf's key is of a kind that cannot sign here: ${leaf.publicKey.algorithm}`;
    throw new Fault('unsupported_certificate', 'certificate.key', reason, '4.4.2.4');
  }
  if (leaf.keyUsage === null || leaf.keyUsage.includes('digitalSignature')) return;
  const reason = `the leaf's keyUsage is ${leaf.keyUsage.join(', ')}, digitalSignature is missing`;
  // BoringSSL (ssl_cert_check_key_usage) answers illegal_parameter, before it verifies the chain.
  throw new Fault('illegal_parameter', 'certificate.key-usage', reason, '4.4.2.2');
}

/**
 * Asks `verifyPeer` and announces its verdict.
 *
 * @throws Fault with the alert of the verdict where it refuses
 */
export async function judgePeer(
  context: ConnectionContext,
  verifyPeer: VerifyPeer,
  peer: PresentedPeer,
): Promise<Extract<PeerVerdict, { ok: true }>> {
  const verdict = await verifyPeer(peer);
  const { ok, checks } = verdict;
  context.emit({ kind: 'verification', of: 'certificate', ok, chain: peer.chain, checks, verdict });
  if (verdict.ok) return verdict;
  throw new Fault(verdict.alert, 'certificate.verify', verdict.text, '4.4.2.4', verdict);
}
