import type { HashName } from '../crypto/index.ts';

/** CipherSuite (RFC 9846 appendix B.4). */
export type CipherSuite =
  'TLS_AES_128_GCM_SHA256' | 'TLS_AES_256_GCM_SHA384' | 'TLS_CHACHA20_POLY1305_SHA256';

export interface CipherSuiteParameters {
  readonly name: CipherSuite;
  readonly code: number;
  readonly hash: Extract<HashName, 'SHA-256' | 'SHA-384'>;
  /** Octets of {@link hash}. */
  readonly hashLength: number;
  readonly aead: 'AES-GCM' | 'ChaCha20-Poly1305';
  readonly keyLength: number;
}

export const cipherSuites: Readonly<Record<CipherSuite, CipherSuiteParameters>> = {
  TLS_AES_128_GCM_SHA256: {
    name: 'TLS_AES_128_GCM_SHA256',
    code: 0x1301,
    hash: 'SHA-256',
    hashLength: 32,
    aead: 'AES-GCM',
    keyLength: 16,
  },
  TLS_AES_256_GCM_SHA384: {
    name: 'TLS_AES_256_GCM_SHA384',
    code: 0x1302,
    hash: 'SHA-384',
    hashLength: 48,
    aead: 'AES-GCM',
    keyLength: 32,
  },
  TLS_CHACHA20_POLY1305_SHA256: {
    name: 'TLS_CHACHA20_POLY1305_SHA256',
    code: 0x1303,
    hash: 'SHA-256',
    hashLength: 32,
    aead: 'ChaCha20-Poly1305',
    keyLength: 32,
  },
};

/** NamedGroup (RFC 9846 section 4.2.7), those this implementation can use. */
export type NamedGroup = 'x25519' | 'secp256r1';

export const namedGroups: Readonly<Record<NamedGroup, number>> = { x25519: 29, secp256r1: 23 };

/** SignatureScheme (RFC 9846 section 4.2.3) that may stand in a CertificateVerify here. */
export type SignatureSchemeName =
  | 'ecdsa_secp256r1_sha256'
  | 'ecdsa_secp384r1_sha384'
  | 'rsa_pss_rsae_sha256'
  | 'rsa_pss_rsae_sha384'
  | 'rsa_pss_rsae_sha512';

export const signatureSchemes: Readonly<Record<SignatureSchemeName, number>> = {
  ecdsa_secp256r1_sha256: 0x0403,
  ecdsa_secp384r1_sha384: 0x0503,
  rsa_pss_rsae_sha256: 0x0804,
  rsa_pss_rsae_sha384: 0x0805,
  rsa_pss_rsae_sha512: 0x0806,
};

const SUITE_BY_CODE = new Map(Object.values(cipherSuites).map((suite) => [suite.code, suite]));
const GROUP_BY_CODE = new Map(Object.entries(namedGroups).map(([name, code]) => [code, name as NamedGroup]));
const SCHEME_BY_CODE = new Map(
  Object.entries(signatureSchemes).map(([name, code]) => [code, name as SignatureSchemeName]),
);

export function cipherSuiteOf(code: number): CipherSuiteParameters | null {
  return SUITE_BY_CODE.get(code) ?? null;
}

export function namedGroupOf(code: number): NamedGroup | null {
  return GROUP_BY_CODE.get(code) ?? null;
}

export function signatureSchemeOf(code: number): SignatureSchemeName | null {
  return SCHEME_BY_CODE.get(code) ?? null;
}
