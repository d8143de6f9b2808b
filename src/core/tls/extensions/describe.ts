import { cipherSuiteOf, namedGroupOf, signatureSchemeOf } from '../names.ts';

const hex = (code: number) => `0x${code.toString(16).padStart(4, '0')}`;

const OTHER_GROUPS: Readonly<Record<number, string>> = {
  24: 'secp384r1',
  25: 'secp521r1',
  30: 'x448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  4588: 'X25519MLKEM768',
};

const OTHER_SCHEMES: Readonly<Record<number, string>> = {
  0x0201: 'rsa_pkcs1_sha1',
  0x0203: 'ecdsa_sha1',
  0x0401: 'rsa_pkcs1_sha256',
  0x0501: 'rsa_pkcs1_sha384',
  0x0601: 'rsa_pkcs1_sha512',
  0x0603: 'ecdsa_secp521r1_sha512',
  0x0807: 'ed25519',
  0x0808: 'ed448',
  0x0809: 'rsa_pss_pss_sha256',
  0x080a: 'rsa_pss_pss_sha384',
  0x080b: 'rsa_pss_pss_sha512',
};

const OTHER_SUITES: Readonly<Record<number, string>> = {
  0x00ff: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
  0x1304: 'TLS_AES_128_CCM_SHA256',
  0x1305: 'TLS_AES_128_CCM_8_SHA256',
  0x5600: 'TLS_FALLBACK_SCSV',
  0xc02b: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  0xc02c: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  0xc02f: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  0xc030: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  0xcca8: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  0xcca9: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
};

const VERSIONS: Readonly<Record<number, string>> = {
  0x0300: 'SSL 3.0',
  0x0301: 'TLS 1.0',
  0x0302: 'TLS 1.1',
  0x0303: 'TLS 1.2',
  0x0304: 'TLS 1.3',
};

/** As many of a peer's names as tell it from others; a hello has room for thousands. */
const MAX_LISTED = 16;

/** Names of a peer's list for people, cut short where it is long. */
export function listed<T>(items: readonly T[], name: (item: T) => string): string {
  const names = items.slice(0, MAX_LISTED).map(name);
  const more = items.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

/** Names of code points for people: the RFC's name where there is one, the number where not. */
export const describe = {
  group: (code: number) => namedGroupOf(code) ?? OTHER_GROUPS[code] ?? hex(code),
  scheme: (code: number) => signatureSchemeOf(code) ?? OTHER_SCHEMES[code] ?? hex(code),
  suite: (code: number) => cipherSuiteOf(code)?.name ?? OTHER_SUITES[code] ?? hex(code),
  version: (code: number) => VERSIONS[code] ?? hex(code),
  pskMode: (code: number) => (code === 0 ? 'psk_ke' : code === 1 ? 'psk_dhe_ke' : String(code)),
};
