import type { Bytes } from '../../bytes/index.ts';
import type { TlsClientConfig } from '../config.ts';
import type { Extension } from '../extensions/extension.ts';
import type { KeyShare } from '../key-schedule/key-exchange.ts';
import type { ClientHello } from '../messages/message.ts';
import { type CipherSuite, cipherSuites, type NamedGroup, namedGroups } from '../names.ts';
import { offeredSchemes } from '../peer/offered-schemes.ts';

const DEFAULT_SUITES: readonly CipherSuite[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];
const DEFAULT_GROUPS: readonly NamedGroup[] = ['x25519', 'secp256r1'];
/** Envoy's list for TLS 1.2, as it stands behind the suites of TLS 1.3. */
const TLS12_SUITES = [0xc02b, 0xcca9, 0xc02f, 0xcca8, 0xc02c, 0xc030];
const TLS12 = 0x0303;
const TLS13 = 0x0304;
const PSK_DHE_KE = 1;

export function suitesOf(config: TlsClientConfig): readonly CipherSuite[] {
  return config.cipherSuites ?? DEFAULT_SUITES;
}

export function groupsOf(config: TlsClientConfig): readonly NamedGroup[] {
  return config.groups ?? DEFAULT_GROUPS;
}

/** What changes between a first ClientHello and the one after a HelloRetryRequest (RFC 9846 section 4.1.2). */
export interface HelloParts {
  readonly random: Bytes;
  readonly sessionId: Bytes;
  readonly shares: readonly KeyShare[];
  readonly cookie: Bytes | null;
  readonly earlyData: boolean;
}

/** The ClientHello without pre_shared_key, its extensions in BoringSSL's order. */
export function buildClientHello(config: TlsClientConfig, parts: HelloParts): ClientHello {
  const extensions = extensionsOf(config, parts);
  return {
    type: 'ClientHello',
    legacyVersion: TLS12,
    random: parts.random,
    sessionId: parts.sessionId,
    cipherSuites: [
      ...suitesOf(config).map((name) => cipherSuites[name].code),
      ...(config.offerTls12 ? TLS12_SUITES : []),
    ],
    compressionMethods: Uint8Array.of(0),
    extensions: config.arrangeExtensions?.('ClientHello', extensions) ?? extensions,
  };
}

function extensionsOf(config: TlsClientConfig, parts: HelloParts): readonly Extension[] {
  const { serverName, alpn = [], offerTls12 = false } = config;
  const groups = groupsOf(config).map((group) => namedGroups[group]);
  const shares = parts.shares.map(({ group, publicKey }) => ({
    group: namedGroups[group],
    keyExchange: publicKey,
  }));
  const extensions: (Extension | null)[] = [
    serverName === undefined ? null : { type: 'server_name', hostName: serverName },
    offerTls12 ? { type: 'extended_master_secret' } : null,
    offerTls12 ? { type: 'opaque', code: 0xff01, data: Uint8Array.of(0) } : null,
    { type: 'supported_groups', groups },
    offerTls12 ? { type: 'opaque', code: 11, data: Uint8Array.of(1, 0) } : null,
    offerTls12 ? { type: 'opaque', code: 35, data: new Uint8Array(0) } : null,
    alpn.length === 0 ? null : { type: 'application_layer_protocol_negotiation', protocols: alpn },
    { type: 'signature_algorithms', schemes: offeredSchemes(config) },
    { type: 'key_share', shares },
    { type: 'psk_key_exchange_modes', modes: [PSK_DHE_KE] },
    parts.earlyData ? { type: 'early_data' } : null,
    { type: 'supported_versions', versions: offerTls12 ? [TLS13, TLS12] : [TLS13] },
    parts.cookie === null ? null : { type: 'cookie', cookie: parts.cookie },
  ];
  return extensions.filter((extension) => extension !== null);
}
