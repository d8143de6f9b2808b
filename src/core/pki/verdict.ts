import type { ChainError } from './chain.ts';
import type { SpiffePeerError } from './verify-spiffe-peer.ts';

/** A refusal in the words of BoringSSL, which Envoy logs, and the TLS alert that goes to the peer. */
export interface TlsVerdict {
  /** X509_V_ERR_…; null where the refusal is not one of path validation. */
  readonly code: number | null;
  readonly text: string;
  /** 0 is the leaf. */
  readonly depth: number;
  readonly alert: { readonly name: string; readonly code: number };
}

/**
 * What BoringSSL makes of a refused chain (crypto/x509/x509_txt.cc; ssl/ssl_x509.cc, SSL_alert_from_verify_result),
 * and Envoy of a SPIFFE ID it does not accept. Rules that BoringSSL does not check are given the nearest code.
 */
export function tlsVerdict(error: ChainError | SpiffePeerError): TlsVerdict {
  const depth = 'depth' in error ? error.depth : 0;
  const code = codeOf(error);
  if (code === null) {
    const text = 'message' in error ? error.message : (NO_CODE[error.kind] ?? 'empty cert chain');
    return { code, text, depth, alert: ALERTS.certificate_unknown };
  }
  return {
    code,
    text: TEXTS[code] ?? 'unknown',
    depth,
    alert: ALERTS[ALERT_OF_CODE[code] ?? 'certificate_unknown'],
  };
}

const NO_CODE: Readonly<Partial<Record<ChainError['kind'], string>>> = {
  'name-mismatch': 'verify SAN list',
};

function codeOf(error: ChainError | SpiffePeerError): number | null {
  switch (error.kind) {
    case 'unknown-issuer':
      return 20;
    case 'self-signed-untrusted':
      return error.depth === 0 ? 18 : 19;
    case 'bad-signature':
    case 'signature-algorithm-mismatch':
    case 'signature-algorithm-refused':
      return 7;
    case 'key-refused':
      return 6;
    case 'certificate-not-yet-valid':
      return 9;
    case 'certificate-expired':
      return 10;
    case 'search-limit':
      return 22;
    case 'not-a-ca':
      return 24;
    case 'path-too-long':
      return 25;
    case 'key-usage-missing':
      return error.depth === 0 ? 26 : 32;
    case 'wrong-purpose':
      return 26;
    case 'unknown-critical-extension':
      return 34;
    case 'malformed-certificate':
      return 41;
    case 'revoked':
      return 23;
    case 'revocation-unknown':
      return error.outOfDate === undefined ? 3 : error.outOfDate === 'expired' ? 12 : 11;
    case 'policy-required':
      return 43;
    case 'policy-mapping-invalid':
      return 42;
    case 'name-mismatch':
      return NAME_MISMATCH[error.type];
    case 'name-not-permitted':
      return 47;
    case 'name-excluded':
      return 48;
    case 'name-constraint-unusable':
      return 53;
    default:
      return null;
  }
}

/** Of a URI, Envoy's own matcher says so, without a code. */
const NAME_MISMATCH = { dns: 62, email: 63, ip: 64, uri: null } as const;

const TEXTS: Readonly<Record<number, string>> = {
  3: 'unable to get certificate CRL',
  6: 'unable to decode issuer public key',
  7: 'certificate signature failure',
  9: 'certificate is not yet valid',
  10: 'certificate has expired',
  11: 'CRL is not yet valid',
  12: 'CRL has expired',
  18: 'self signed certificate',
  19: 'self signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
  22: 'certificate chain too long',
  23: 'certificate revoked',
  24: 'invalid CA certificate',
  25: 'path length constraint exceeded',
  26: 'unsupported certificate purpose',
  32: 'key usage does not include certificate signing',
  34: 'unhandled critical extension',
  41: 'invalid or inconsistent certificate extension',
  42: 'invalid or inconsistent certificate policy extension',
  43: 'no explicit policy',
  47: 'permitted subtree violation',
  48: 'excluded subtree violation',
  53: 'unsupported or invalid name syntax',
  62: 'hostname mismatch',
  63: 'email address mismatch',
  64: 'IP address mismatch',
};

const ALERTS = {
  bad_certificate: { name: 'bad_certificate', code: 42 },
  unsupported_certificate: { name: 'unsupported_certificate', code: 43 },
  certificate_revoked: { name: 'certificate_revoked', code: 44 },
  certificate_expired: { name: 'certificate_expired', code: 45 },
  certificate_unknown: { name: 'certificate_unknown', code: 46 },
  unknown_ca: { name: 'unknown_ca', code: 48 },
  decrypt_error: { name: 'decrypt_error', code: 51 },
} as const;

const ALERT_OF_CODE: Readonly<Record<number, keyof typeof ALERTS>> = {
  6: 'bad_certificate',
  7: 'decrypt_error',
  9: 'certificate_expired',
  10: 'certificate_expired',
  11: 'certificate_expired',
  12: 'certificate_expired',
  18: 'unknown_ca',
  19: 'unknown_ca',
  20: 'unknown_ca',
  22: 'unknown_ca',
  23: 'certificate_revoked',
  24: 'unknown_ca',
  25: 'unknown_ca',
  26: 'unsupported_certificate',
};
