import { asBytes, type Bytes, concatBytes, utf8Encode } from '../../bytes/index.ts';
import type { CryptoProvider, HashName } from '../../crypto/index.ts';
import type { Certificate, Check, KeyPair } from '../../pki/index.ts';
import { ecdsaSignatureToDer } from '../../pki/ecdsa-signature.ts';
import { verifySignature } from '../../pki/signature.ts';
import type { ConnectionContext } from '../connection/context.ts';
import { describe, listed } from '../extensions/describe.ts';
import { Fault } from '../fault.ts';
import type { CertificateVerify } from '../messages/message.ts';
import { type SignatureSchemeName, signatureSchemeOf, signatureSchemes } from '../names.ts';
import type { TlsRole } from '../session.ts';

type SchemeParameters =
  | { readonly kind: 'ecdsa'; readonly hash: HashName; readonly curve: 'P-256' | 'P-384' }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltLength: number };

const parameters: Readonly<Record<SignatureSchemeName, SchemeParameters>> = {
  ecdsa_secp256r1_sha256: { kind: 'ecdsa', hash: 'SHA-256', curve: 'P-256' },
  ecdsa_secp384r1_sha384: { kind: 'ecdsa', hash: 'SHA-384', curve: 'P-384' },
  rsa_pss_rsae_sha256: { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 },
  rsa_pss_rsae_sha384: { kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 },
  rsa_pss_rsae_sha512: { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 64 },
};

/** What is signed: 64 spaces, a context string, a zero, the transcript hash (RFC 9846 section 4.4.3). */
export function signedContent(signer: TlsRole, transcriptHash: Uint8Array): Bytes {
  const context = utf8Encode(`TLS 1.3, ${signer} CertificateVerify`);
  return concatBytes(new Uint8Array(64).fill(0x20), context, Uint8Array.of(0), transcriptHash);
}

/**
 * The scheme this key signs with, in BoringSSL's order.
 *
 * @param accepted what the peer takes
 * @throws Fault handshake_failure where the key can make none of them
 */
export function chooseScheme(keyPair: KeyPair, accepted: readonly number[]): SignatureSchemeName {
  const possible = schemesOf(keyPair);
  const chosen = possible.find((scheme) => accepted.includes(signatureSchemes[scheme]));
  if (chosen !== undefined) return chosen;
  const reason = `the key (${keyPair.keyType}) signs with ${possible.join(', ')}; the peer takes ${listed(accepted, describe.scheme)}`;
  throw new Fault('handshake_failure', 'signature.no-common-scheme', reason, '4.4.2.2');
}

function schemesOf({ keyType }: KeyPair): readonly SignatureSchemeName[] {
  if (keyType === 'ecdsa-p256') return ['ecdsa_secp256r1_sha256'];
  if (keyType === 'ecdsa-p384') return ['ecdsa_secp384r1_sha384'];
  return ['rsa_pss_rsae_sha256', 'rsa_pss_rsae_sha384', 'rsa_pss_rsae_sha512'];
}

/** Signs as CertificateVerify carries it: ECDSA as a DER sequence. */
export async function signTranscript(
  provider: CryptoProvider,
  keyPair: KeyPair,
  scheme: SignatureSchemeName,
  content: Bytes,
): Promise<Bytes> {
  const chosen = parameters[scheme];
  if (chosen.kind === 'ecdsa') {
    const algorithm = { name: 'ECDSA', hash: chosen.hash };
    const raw = await provider.subtle.sign(algorithm, keyPair.privateKey, content);
    return ecdsaSignatureToDer(new Uint8Array(raw));
  }
  const key = await pssKey(provider, keyPair.privateKey, chosen.hash);
  const algorithm = { name: 'RSA-PSS', saltLength: chosen.saltLength };
  return new Uint8Array(await provider.subtle.sign(algorithm, key, content));
}

/** RSA keys as RSA-PSS keys: WebCrypto ties a key to the scheme it was imported for. A memo of that conversion. */
const pssKeys = new WeakMap<CryptoKey, Map<HashName, Promise<CryptoKey>>>();

function pssKey(provider: CryptoProvider, privateKey: CryptoKey, hash: HashName): Promise<CryptoKey> {
  let ofKey = pssKeys.get(privateKey);
  if (ofKey === undefined) pssKeys.set(privateKey, (ofKey = new Map<HashName, Promise<CryptoKey>>()));
  let key = ofKey.get(hash);
  if (key === undefined) ofKey.set(hash, (key = importAsPss(provider, privateKey, hash)));
  return key;
}

async function importAsPss(
  { subtle }: CryptoProvider,
  privateKey: CryptoKey,
  hash: HashName,
): Promise<CryptoKey> {
  const pkcs8 = await subtle.exportKey('pkcs8', privateKey);
  return subtle.importKey('pkcs8', pkcs8, { name: 'RSA-PSS', hash }, false, ['sign']);
}

/**
 * Checks that the peer holds the key of its leaf (RFC 9846 section 4.4.3), and announces the check.
 *
 * @param accepted what this side said it takes
 * @param transcriptHash of everything up to the Certificate
 * @throws Fault illegal_parameter for a scheme that may not be used, decrypt_error for a signature that is wrong
 */
export async function checkCertificateVerify(
  context: ConnectionContext,
  leaf: Certificate,
  message: CertificateVerify,
  accepted: readonly number[],
  transcriptHash: Bytes,
): Promise<SignatureSchemeName> {
  const signer = context.role === 'client' ? 'server' : 'client';
  const content = signedContent(signer, transcriptHash);
  const scheme = usableScheme(message.scheme, accepted, leaf);
  const checks: Check[] = [];
  if (typeof scheme !== 'string') {
    checks.push({ id: 'certificateVerify.scheme', ok: false, detail: scheme.message });
    announce(false);
    throw scheme;
  }
  checks.push({ id: 'certificateVerify.scheme', ok: true, detail: scheme });
  const ok = await isSignedBy(context.provider, leaf, parameters[scheme], content, message.signature);
  checks.push({ id: 'certificateVerify.signature', ok, detail: leaf.subject.toString() });
  announce(ok);
  if (ok) return scheme;
  const reason = `the signature (${scheme}) was not made over this handshake with the key of the certificate`;
  throw new Fault('decrypt_error', 'certificate-verify.signature', reason, '4.4.3');

  function announce(passed: boolean): void {
    const name = describe.scheme(message.scheme);
    const { signature } = message;
    context.emit({
      kind: 'verification',
      of: 'certificate-verify',
      ok: passed,
      scheme: name,
      content,
      signature,
      checks,
    });
  }
}

function usableScheme(
  code: number,
  accepted: readonly number[],
  leaf: Certificate,
): SignatureSchemeName | Fault {
  const scheme = signatureSchemeOf(code);
  const refuse = (reason: string) =>
    new Fault('illegal_parameter', 'certificate-verify.scheme', reason, '4.4.3');
  if (scheme === null || !accepted.includes(code))
    return refuse(`signed with ${describe.scheme(code)}, which was not offered for this`);
  const { publicKey } = leaf;
  const needed = parameters[scheme];
  const fits =
    needed.kind === 'ecdsa'
      ? publicKey.kind === 'ec' && publicKey.curve === needed.curve
      : publicKey.kind === 'rsa';
  return fits ? scheme : refuse(`signed with ${scheme}, which is not for the key of the certificate`);
}

async function isSignedBy(
  provider: CryptoProvider,
  leaf: Certificate,
  scheme: SchemeParameters,
  data: Bytes,
  signature: Bytes,
): Promise<boolean> {
  const { spki, publicKey: key } = leaf;
  return (
    (await verifySignature(provider, { spki, key, scheme, data, signature: asBytes(signature) })) === 'valid'
  );
}
