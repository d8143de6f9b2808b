import type { Bytes, ByteWriter } from '../../bytes/index.ts';
import { describe } from './describe.ts';
import type { Extension, ExtensionType, KeyShareEntry } from './extension.ts';
import { extensionCode, extensionName } from './registry.ts';

/** Writes a block of extensions with its length, in the order given. */
export function writeExtensions(writer: ByteWriter, extensions: readonly Extension[]): void {
  writer.lengthPrefixed(2, 'extensions', () => {
    for (const extension of extensions) writeExtension(writer, extension);
  });
}

function writeExtension(writer: ByteWriter, extension: Extension): void {
  const code = extensionCode(extension);
  const name = extensionName(code);
  writer.scope(
    'extension',
    () => {
      writer.u16(code, 'extension_type', name);
      writer.lengthPrefixed(2, 'extension_data', () => writeContent(writer, extension));
    },
    name,
  );
}

type ContentWriters = {
  readonly [T in ExtensionType]: (writer: ByteWriter, extension: Extract<Extension, { type: T }>) => void;
};

const contentWriters: ContentWriters = {
  server_name: (writer, { hostName }) => {
    writer.lengthPrefixed(2, 'server_name_list', () => {
      writer.u8(0, 'name_type', 'host_name');
      vector(writer, 2, 'host_name', latin1(hostName), hostName);
    });
  },
  server_name_acknowledgement: () => undefined,
  supported_groups: (writer, { groups }) =>
    numbers(writer, 2, 'named_group_list', groups, 'named_group', describe.group),
  signature_algorithms: (writer, { schemes }) => writeSchemes(writer, schemes),
  signature_algorithms_cert: (writer, { schemes }) => writeSchemes(writer, schemes),
  application_layer_protocol_negotiation: (writer, { protocols }) => {
    writer.lengthPrefixed(2, 'protocol_name_list', () => {
      for (const name of protocols) vector(writer, 1, 'protocol_name', latin1(name), name);
    });
  },
  supported_versions: (writer, { versions }) =>
    numbers(writer, 1, 'versions', versions, 'version', describe.version),
  selected_version: (writer, { version }) => {
    writer.u16(version, 'selected_version', describe.version(version));
  },
  key_share: (writer, { shares }) => {
    writer.lengthPrefixed(2, 'client_shares', () => {
      for (const share of shares) writeKeyShare(writer, share);
    });
  },
  selected_key_share: (writer, { share }) => writeKeyShare(writer, share),
  selected_group: (writer, { group }) => {
    writer.u16(group, 'selected_group', describe.group(group));
  },
  psk_key_exchange_modes: (writer, { modes }) => {
    writer.lengthPrefixed(1, 'ke_modes', () => {
      for (const mode of modes) writer.u8(mode, 'ke_mode', describe.pskMode(mode));
    });
  },
  pre_shared_key: (writer, { identities, binders }) => {
    writer.lengthPrefixed(2, 'identities', () => {
      for (const { identity, obfuscatedTicketAge } of identities)
        writer.scope('PskIdentity', () => {
          vector(writer, 2, 'identity', identity);
          writer.u32(obfuscatedTicketAge, 'obfuscated_ticket_age');
        });
    });
    writer.lengthPrefixed(2, 'binders', () => {
      for (const binder of binders) vector(writer, 1, 'PskBinderEntry', binder);
    });
  },
  selected_identity: (writer, { index }) => {
    writer.u16(index, 'selected_identity');
  },
  early_data: () => undefined,
  max_early_data_size: (writer, { size }) => {
    writer.u32(size, 'max_early_data_size');
  },
  cookie: (writer, { cookie }) => vector(writer, 2, 'cookie', cookie),
  certificate_authorities: (writer, { names }) => {
    writer.lengthPrefixed(2, 'authorities', () => {
      for (const name of names) vector(writer, 2, 'DistinguishedName', name);
    });
  },
  record_size_limit: (writer, { limit }) => {
    writer.u16(limit, 'record_size_limit');
  },
  extended_master_secret: () => undefined,
  post_handshake_auth: () => undefined,
  opaque: (writer, { data }) => {
    writer.bytes(data, 'data');
  },
};

function writeContent<T extends ExtensionType>(
  writer: ByteWriter,
  extension: Extract<Extension, { type: T }>,
): void {
  contentWriters[extension.type as T](writer, extension);
}

function vector(writer: ByteWriter, width: 1 | 2, label: string, value: Uint8Array, detail?: string): void {
  writer.lengthPrefixed(width, label, () => writer.bytes(value, 'value', detail));
}

function numbers(
  writer: ByteWriter,
  width: 1 | 2,
  label: string,
  values: readonly number[],
  itemLabel: string,
  name: (value: number) => string,
): void {
  writer.lengthPrefixed(width, label, () => {
    for (const value of values) writer.u16(value, itemLabel, name(value));
  });
}

function writeSchemes(writer: ByteWriter, schemes: readonly number[]): void {
  numbers(writer, 2, 'supported_signature_algorithms', schemes, 'signature_scheme', describe.scheme);
}

function writeKeyShare(writer: ByteWriter, { group, keyExchange }: KeyShareEntry): void {
  writer.scope(
    'KeyShareEntry',
    () => {
      writer.u16(group, 'group', describe.group(group));
      vector(writer, 2, 'key_exchange', keyExchange);
    },
    describe.group(group),
  );
}

function latin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
