import type { Bytes } from '../../bytes/index.ts';
import { findExtension } from '../extensions/extension.ts';
import type { ClientHello } from './message.ts';

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

/** What a server may choose by. */
export function helloInfo(hello: ClientHello): ClientHelloInfo {
  const { extensions, cipherSuites, random } = hello;
  return {
    serverName: findExtension(extensions, 'server_name')?.hostName ?? null,
    alpn: findExtension(extensions, 'application_layer_protocol_negotiation')?.protocols ?? [],
    cipherSuites,
    groups: findExtension(extensions, 'supported_groups')?.groups ?? [],
    signatureAlgorithms: findExtension(extensions, 'signature_algorithms')?.schemes ?? [],
    supportedVersions: findExtension(extensions, 'supported_versions')?.versions ?? [],
    random,
  };
}
