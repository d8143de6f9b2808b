import { type CryptoProvider } from '../crypto/index.ts';
import { signingRefusal, type SigningRefusal } from './ca-limits.ts';
import type { Certificate } from './certificate.ts';
import { type Csr, parseCsr, verifyCsrSignature } from './csr.ts';
import { PkiError } from './error.ts';
import type { PublicKeyInfo } from './key-type.ts';

export type SigningRequestResult =
  { readonly ok: true; readonly csr: Csr } | { readonly ok: false; readonly refusal: SigningRefusal };

/**
 * The CSR of a CreateCertificate call, read as istiod reads it: the first PEM block, whatever its label
 * (istio security/pkg/pki/util/crypto.go, ParsePemEncodedCSR).
 */
export function readSigningRequest(pem: string): SigningRequestResult {
  try {
    return { ok: true, csr: parseCsr(pem) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const refusal =
      error.rule === 'csr.pem'
        ? signingRefusal('csr-not-pem', 'certificate signing request is not properly encoded')
        : signingRefusal('csr-not-parsed', 'failed to parse X.509 certificate signing request');
    return { ok: false, refusal };
  }
}

/** Proof of possession: null where the CSR is signed with its own key, else the refusal in Go's words. */
export async function checkPossession(provider: CryptoProvider, csr: Csr): Promise<SigningRefusal | null> {
  if (await verifyCsrSignature(provider, csr)) return null;
  return signingRefusal('csr-signature', goSignatureError(csr));
}

/** Null while the signing certificate is valid: istiod refuses to sign with an expired one (1.28.10, 1.29.6, 1.30). */
export function checkSigner(signer: Certificate, now: Date): SigningRefusal | null {
  if (now < signer.notAfter) return null;
  const expired = signer.notAfter.toISOString().replace('T', ' ').replace('.000Z', ' +0000 UTC');
  return signingRefusal('signer-expired', `signing certificate has expired at ${expired}`);
}

/** Go crypto/x509, CertificateRequest.CheckSignature. */
function goSignatureError({ publicKey, signatureAlgorithm: { scheme, name } }: Csr): string {
  if (scheme.kind === 'refused') {
    return scheme.reason === 'weak'
      ? `x509: cannot verify signature: insecure algorithm ${GO_NAMES[name] ?? name}`
      : 'x509: cannot verify signature: algorithm unimplemented';
  }
  if (scheme.kind === 'ed25519') {
    const found = publicKey.kind;
    return found === 'ed25519' ? 'x509: Ed25519 verification failure' : mismatch('Ed25519', found);
  }
  if (scheme.kind === 'ecdsa') {
    return publicKey.kind === 'ec' ? 'x509: ECDSA verification failure' : mismatch('ECDSA', publicKey.kind);
  }
  return publicKey.kind === 'rsa' ? 'crypto/rsa: verification error' : mismatch('RSA', publicKey.kind);
}

const GO_NAMES: Readonly<Record<string, string>> = {
  sha1WithRSAEncryption: 'SHA1-RSA',
  md5WithRSAEncryption: 'MD5-RSA',
  md2WithRSAEncryption: 'MD2-RSA',
  'ecdsa-with-SHA1': 'ECDSA-SHA1',
};

const GO_KEYS: Readonly<Record<PublicKeyInfo['kind'], string>> = {
  ec: '*ecdsa.PublicKey',
  rsa: '*rsa.PublicKey',
  ed25519: 'ed25519.PublicKey',
  other: '<nil>',
};

function mismatch(wanted: string, found: PublicKeyInfo['kind']): string {
  const goType = GO_KEYS[found];
  return `x509: signature algorithm specifies an ${wanted} public key, but have public key of type ${goType}`;
}
