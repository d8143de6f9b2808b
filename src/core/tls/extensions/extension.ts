import type { Bytes } from '../../bytes/index.ts';

export interface KeyShareEntry {
  readonly group: number;
  readonly keyExchange: Bytes;
}

export interface PskIdentity {
  readonly identity: Bytes;
  readonly obfuscatedTicketAge: number;
}

/** An extension by its content; where a type has several forms, the message decides which (RFC 9846 section 4.2). */
export type Extension =
  | { readonly type: 'server_name'; readonly hostName: string }
  | { readonly type: 'server_name_acknowledgement' }
  | { readonly type: 'supported_groups'; readonly groups: readonly number[] }
  | { readonly type: 'signature_algorithms'; readonly schemes: readonly number[] }
  | { readonly type: 'signature_algorithms_cert'; readonly schemes: readonly number[] }
  | { readonly type: 'application_layer_protocol_negotiation'; readonly protocols: readonly string[] }
  | { readonly type: 'supported_versions'; readonly versions: readonly number[] }
  | { readonly type: 'selected_version'; readonly version: number }
  | { readonly type: 'key_share'; readonly shares: readonly KeyShareEntry[] }
  | { readonly type: 'selected_key_share'; readonly share: KeyShareEntry }
  | { readonly type: 'selected_group'; readonly group: number }
  | { readonly type: 'psk_key_exchange_modes'; readonly modes: readonly number[] }
  | {
      readonly type: 'pre_shared_key';
      readonly identities: readonly PskIdentity[];
      readonly binders: readonly Bytes[];
    }
  | { readonly type: 'selected_identity'; readonly index: number }
  | { readonly type: 'early_data' }
  | { readonly type: 'max_early_data_size'; readonly size: number }
  | { readonly type: 'cookie'; readonly cookie: Bytes }
  | { readonly type: 'certificate_authorities'; readonly names: readonly Bytes[] }
  | { readonly type: 'record_size_limit'; readonly limit: number }
  | { readonly type: 'extended_master_secret' }
  | { readonly type: 'post_handshake_auth' }
  | { readonly type: 'opaque'; readonly code: number; readonly data: Bytes };

export type ExtensionType = Extension['type'];

/** The extension of this type, if it is there. */
export function findExtension<T extends ExtensionType>(
  extensions: readonly Extension[],
  type: T,
): Extract<Extension, { type: T }> | null {
  for (const extension of extensions)
    if (extension.type === type) return extension as Extract<Extension, { type: T }>;
  return null;
}
