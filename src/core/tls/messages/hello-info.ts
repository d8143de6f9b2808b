import type { Bytes } from '../../bytes/index.ts';

/** What a ClientHello tells a server that has to choose (Envoy's TLS inspector reads the same). */
export interface ClientHelloInfo {
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  /** Codes as offered, best first. */
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly supportedVersions: readonly number[];
  readonly random: Bytes;
}
