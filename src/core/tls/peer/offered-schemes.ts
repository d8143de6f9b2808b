import type { TlsConfig } from '../config.ts';
import { signatureSchemes } from '../names.ts';

/** BoringSSL's list of what it verifies; RSA-PKCS1 and SHA-1 stand for certificates and TLS 1.2 only. */
const BORINGSSL = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201];
const CERTIFICATES_ONLY = [0x0401, 0x0501, 0x0601];

/** signature_algorithms of this side: what CertificateVerify may use, and what certificates may. */
export function offeredSchemes(config: TlsConfig): readonly number[] {
  const { signatureSchemes: chosen } = config;
  if (chosen === undefined) return BORINGSSL;
  return [...chosen.map((name) => signatureSchemes[name]), ...CERTIFICATES_ONLY];
}
