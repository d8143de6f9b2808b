import { DerReader } from '../bytes/der-reader.ts';
import { TAG } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import { type CryptoProvider, digest, type HashName } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import { Name } from './name.ts';
import type { OcspResponse, OcspSingle } from './ocsp.ts';
import { OID } from './oid.ts';
import type { SignatureChecks } from './signature-checks.ts';

/** What a stapled response says of a certificate; `unknown` with the reason it cannot be used. */
export type OcspStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revokedAt: Date }
  | { readonly kind: 'unknown'; readonly fault: string };

/** A response without nextUpdate is believed for this long (RFC 6960 4.2.2.1 leaves it to the client). */
const MAX_AGE_MS = 7 * 86_400_000;

/**
 * Verifies a stapled OCSP response (RFC 6960 3.2): it is about this certificate, is current, and was signed by the
 * certificate's issuer or by a responder that the issuer has certified for it (id-kp-OCSPSigning).
 * Simplified: whether the delegated responder's own certificate is revoked is not asked.
 */
export async function ocspStatus(
  provider: CryptoProvider,
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  at: Date,
  signatures: SignatureChecks,
): Promise<OcspStatus> {
  const unknown = (fault: string): OcspStatus => ({ kind: 'unknown', fault });
  if (response.responseStatus !== 'successful')
    return unknown(`the responder said ${response.responseStatus}`);
  const single = await findSingle(provider, response, certificate, issuer);
  if (single === null) return unknown('the response is about another certificate (RFC 6960 3.2, 1)');
  const late = timeFault(single, at);
  if (late !== null) return unknown(late);
  const critical = [...response.extensions, ...single.extensions].find(
    (extension) => extension.critical && extension.oid !== OID.ocspNonce,
  );
  if (critical !== undefined) return unknown(`unknown critical extension ${critical.name}`);
  const signer = await signerFault(provider, response, issuer, at, signatures);
  if (signer !== null) return unknown(signer);
  if (single.status === 'revoked')
    return { kind: 'revoked', revokedAt: single.revokedAt ?? single.thisUpdate };
  return single.status === 'good' ? { kind: 'good' } : unknown('the responder does not know the certificate');
}

async function findSingle(
  provider: CryptoProvider,
  { responses }: OcspResponse,
  { serialNumber, issuer: issuerName }: Certificate,
  issuer: Certificate,
): Promise<OcspSingle | null> {
  for (const single of responses) {
    const { hash } = single;
    if (single.serialNumber !== serialNumber || hash === null) continue;
    const name = toHex(await digest(provider, hash, issuerName.der));
    if (name !== single.issuerNameHash) continue;
    if ((await keyHash(provider, hash, issuer)) === single.issuerKeyHash) return single;
  }
  return null;
}

function timeFault({ thisUpdate, nextUpdate }: OcspSingle, at: Date): string | null {
  if (at < thisUpdate) return 'the response is not valid yet (RFC 6960 4.2.2.1)';
  const end = nextUpdate?.getTime() ?? thisUpdate.getTime() + MAX_AGE_MS;
  return at.getTime() > end ? 'the response has expired (RFC 6960 4.2.2.1)' : null;
}

async function signerFault(
  provider: CryptoProvider,
  response: OcspResponse,
  issuer: Certificate,
  at: Date,
  signatures: SignatureChecks,
): Promise<string | null> {
  let fault = 'the responder is neither the issuer nor certified by it (RFC 6960 4.2.2.2)';
  for (const signer of [issuer, ...response.certificates]) {
    if (!(await isResponder(provider, response.responder, signer))) continue;
    if ((await signatures.check(response, signer)) !== 'valid') {
      fault = 'the response’s signature is not the responder’s';
      continue;
    }
    if (signer === issuer) return null;
    const delegation = await delegationFault(signer, issuer, at, signatures);
    if (delegation === null) return null;
    fault = delegation;
  }
  return fault;
}

/** RFC 6960 4.2.2.2: a delegated responder is certified by the very CA that issued the certificate asked about. */
async function delegationFault(
  signer: Certificate,
  issuer: Certificate,
  at: Date,
  signatures: SignatureChecks,
): Promise<string | null> {
  const isIssued =
    signer.issuer.equals(issuer.subject) && (await signatures.check(signer, issuer)) === 'valid';
  if (!isIssued) return 'the responder is not certified by the issuer (RFC 6960 4.2.2.2)';
  if (!(signer.extKeyUsage?.includes('OCSPSigning') ?? false))
    return 'the responder’s certificate is not for OCSPSigning (RFC 6960 4.2.2.2)';
  if (!(signer.keyUsage?.includes('digitalSignature') ?? true))
    return 'the responder’s key may not sign: no digitalSignature in keyUsage';
  return at < signer.notBefore || at > signer.notAfter
    ? 'the responder’s certificate is not valid now'
    : null;
}

async function isResponder(
  provider: CryptoProvider,
  responder: Name | string,
  candidate: Certificate,
): Promise<boolean> {
  if (responder instanceof Name) return responder.equals(candidate.subject);
  return responder === (await keyHash(provider, 'SHA-1', candidate));
}

/** Hash of the key's BIT STRING without tag, length and unused bits (RFC 6960 4.1.1). */
async function keyHash(provider: CryptoProvider, hash: HashName, { spki }: Certificate): Promise<string> {
  const info = new DerReader(spki).enter(TAG.sequence, 'subjectPublicKeyInfo');
  info.skip();
  return toHex(
    await digest(provider, hash, info.read(TAG.bitString, 'subjectPublicKey').bitString().content),
  );
}
