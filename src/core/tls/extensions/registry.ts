import type { ExtensionType } from './extension.ts';

/** The messages extensions stand in (RFC 9846 section 4.2). */
export type ExtensionPlace =
  | 'ClientHello'
  | 'ServerHello'
  | 'HelloRetryRequest'
  | 'EncryptedExtensions'
  | 'CertificateRequest'
  | 'CertificateEntry'
  | 'NewSessionTicket';

interface KnownExtension {
  readonly name: string;
  readonly section: string;
  /** How its content is read, by place; `opaque` where it is not looked into. A place not named is a wrong one. */
  readonly forms: Readonly<Partial<Record<ExtensionPlace, ExtensionType>>>;
}

const inHelloAnd = (form: ExtensionType, ...places: ExtensionPlace[]) =>
  Object.fromEntries(['ClientHello', ...places].map((place) => [place, form]));

/** ExtensionType by number, as far as RFC 9846's table and the ClientHellos of BoringSSL and OpenSSL go. */
export const knownExtensions: ReadonlyMap<number, KnownExtension> = new Map<number, KnownExtension>([
  [
    0,
    {
      name: 'server_name',
      section: 'RFC 6066 3',
      forms: { ClientHello: 'server_name', EncryptedExtensions: 'server_name_acknowledgement' },
    },
  ],
  [
    1,
    {
      name: 'max_fragment_length',
      section: 'RFC 6066 4',
      forms: inHelloAnd('opaque', 'EncryptedExtensions'),
    },
  ],
  [
    5,
    {
      name: 'status_request',
      section: 'RFC 9846 4.4.2.1',
      forms: inHelloAnd('opaque', 'CertificateRequest', 'CertificateEntry'),
    },
  ],
  [
    10,
    {
      name: 'supported_groups',
      section: 'RFC 9846 4.2.7',
      forms: inHelloAnd('supported_groups', 'EncryptedExtensions'),
    },
  ],
  [11, { name: 'ec_point_formats', section: 'RFC 8422 5.1.2', forms: inHelloAnd('opaque') }],
  [
    13,
    {
      name: 'signature_algorithms',
      section: 'RFC 9846 4.2.3',
      forms: inHelloAnd('signature_algorithms', 'CertificateRequest'),
    },
  ],
  [
    16,
    {
      name: 'application_layer_protocol_negotiation',
      section: 'RFC 7301 3.1',
      forms: inHelloAnd('application_layer_protocol_negotiation', 'EncryptedExtensions'),
    },
  ],
  [
    18,
    {
      name: 'signed_certificate_timestamp',
      section: 'RFC 6962 3.3.1',
      forms: inHelloAnd('opaque', 'CertificateRequest', 'CertificateEntry'),
    },
  ],
  [
    19,
    {
      name: 'client_certificate_type',
      section: 'RFC 7250 3',
      forms: inHelloAnd('opaque', 'EncryptedExtensions'),
    },
  ],
  [
    20,
    {
      name: 'server_certificate_type',
      section: 'RFC 7250 3',
      forms: inHelloAnd('opaque', 'EncryptedExtensions'),
    },
  ],
  [21, { name: 'padding', section: 'RFC 7685 3', forms: inHelloAnd('opaque') }],
  [22, { name: 'encrypt_then_mac', section: 'RFC 7366 2', forms: inHelloAnd('opaque') }],
  [
    23,
    { name: 'extended_master_secret', section: 'RFC 7627 5.1', forms: inHelloAnd('extended_master_secret') },
  ],
  [
    27,
    {
      name: 'compress_certificate',
      section: 'RFC 8879 3',
      forms: inHelloAnd('opaque', 'CertificateRequest'),
    },
  ],
  [
    28,
    {
      name: 'record_size_limit',
      section: 'RFC 8449 4',
      forms: inHelloAnd('record_size_limit', 'EncryptedExtensions'),
    },
  ],
  [35, { name: 'session_ticket', section: 'RFC 5077 3.2', forms: inHelloAnd('opaque') }],
  [
    41,
    {
      name: 'pre_shared_key',
      section: 'RFC 9846 4.2.11',
      forms: { ClientHello: 'pre_shared_key', ServerHello: 'selected_identity' },
    },
  ],
  [
    42,
    {
      name: 'early_data',
      section: 'RFC 9846 4.2.10',
      forms: { ...inHelloAnd('early_data', 'EncryptedExtensions'), NewSessionTicket: 'max_early_data_size' },
    },
  ],
  [
    43,
    {
      name: 'supported_versions',
      section: 'RFC 9846 4.2.1',
      forms: {
        ClientHello: 'supported_versions',
        ServerHello: 'selected_version',
        HelloRetryRequest: 'selected_version',
      },
    },
  ],
  [44, { name: 'cookie', section: 'RFC 9846 4.2.2', forms: inHelloAnd('cookie', 'HelloRetryRequest') }],
  [
    45,
    {
      name: 'psk_key_exchange_modes',
      section: 'RFC 9846 4.2.9',
      forms: inHelloAnd('psk_key_exchange_modes'),
    },
  ],
  [
    47,
    {
      name: 'certificate_authorities',
      section: 'RFC 9846 4.2.4',
      forms: inHelloAnd('certificate_authorities', 'CertificateRequest'),
    },
  ],
  [48, { name: 'oid_filters', section: 'RFC 9846 4.2.5', forms: { CertificateRequest: 'opaque' } }],
  [49, { name: 'post_handshake_auth', section: 'RFC 9846 4.2.6', forms: inHelloAnd('post_handshake_auth') }],
  [
    50,
    {
      name: 'signature_algorithms_cert',
      section: 'RFC 9846 4.2.3',
      forms: inHelloAnd('signature_algorithms_cert', 'CertificateRequest'),
    },
  ],
  [
    51,
    {
      name: 'key_share',
      section: 'RFC 9846 4.2.8',
      forms: {
        ClientHello: 'key_share',
        ServerHello: 'selected_key_share',
        HelloRetryRequest: 'selected_group',
      },
    },
  ],
  [0xff01, { name: 'renegotiation_info', section: 'RFC 5746 3.2', forms: inHelloAnd('opaque') }],
]);

const CODES = new Map<ExtensionType, number>();
for (const [code, { forms }] of knownExtensions)
  for (const form of Object.values(forms)) if (form !== 'opaque') CODES.set(form, code);

/** The number of an extension's type. */
export function extensionCode(extension: { readonly type: ExtensionType; readonly code?: number }): number {
  return extension.code ?? CODES.get(extension.type)!;
}

/** Its name, or the number where it is unknown. */
export function extensionName(code: number): string {
  return knownExtensions.get(code)?.name ?? `extension ${code}`;
}
