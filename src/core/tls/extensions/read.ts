import { ByteError, type ByteReader, type Bytes } from '../../bytes/index.ts';
import { Fault } from '../fault.ts';
import { describe } from './describe.ts';
import type { Extension, ExtensionType, KeyShareEntry, PskIdentity } from './extension.ts';
import { type ExtensionPlace, extensionName, knownExtensions } from './registry.ts';

/**
 * Reads a block of extensions with its length (RFC 9846 section 4.2). Types this implementation does not look into
 * come back as `opaque`.
 *
 * @throws ByteError for wrong syntax
 * @throws Fault illegal_parameter for a type that stands there twice, or that is known and not meant for this message
 */
export function readExtensions(reader: ByteReader, place: ExtensionPlace): readonly Extension[] {
  const seen = new Set<number>();
  const extensions: Extension[] = [];
  reader.lengthPrefixed(2, 'extensions', () => {
    while (!reader.done) {
      const extension = readExtension(reader, place, seen);
      extensions.push(extension);
    }
  });
  return extensions;
}

function readExtension(reader: ByteReader, place: ExtensionPlace, seen: Set<number>): Extension {
  let name = '';
  return reader.scope(
    'extension',
    () => {
      const code = reader.u16('extension_type', extensionName);
      name = extensionName(code);
      if (seen.has(code))
        throw new Fault(
          'illegal_parameter',
          'extension.duplicate',
          `${place}: ${name} stands there twice`,
          '4.2',
        );
      seen.add(code);
      const form = formOf(code, place);
      return reader.lengthPrefixed(2, 'extension_data', (end) => contentReaders[form](reader, code, end));
    },
    () => name,
  );
}

function formOf(code: number, place: ExtensionPlace): ExtensionType {
  const known = knownExtensions.get(code);
  if (known === undefined) return 'opaque';
  const form = known.forms[place];
  if (form !== undefined) return form;
  const reason = `${place}: ${known.name} does not belong into this message`;
  throw new Fault('illegal_parameter', 'extension.place', reason, '4.2');
}

type ContentReader = (reader: ByteReader, code: number, end: number) => Extension;

const contentReaders: Readonly<Record<ExtensionType, ContentReader>> = {
  server_name: (reader) => ({ type: 'server_name', hostName: readServerName(reader) }),
  server_name_acknowledgement: () => ({ type: 'server_name_acknowledgement' }),
  supported_groups: (reader) => ({
    type: 'supported_groups',
    groups: list(reader, 2, 'named_group_list', () => reader.u16('named_group', describe.group)),
  }),
  signature_algorithms: (reader) => ({ type: 'signature_algorithms', schemes: readSchemes(reader) }),
  signature_algorithms_cert: (reader) => ({
    type: 'signature_algorithms_cert',
    schemes: readSchemes(reader),
  }),
  application_layer_protocol_negotiation: (reader) => ({
    type: 'application_layer_protocol_negotiation',
    protocols: list(reader, 2, 'protocol_name_list', () => readProtocol(reader)),
  }),
  supported_versions: (reader) => ({
    type: 'supported_versions',
    versions: list(reader, 1, 'versions', () => reader.u16('version', describe.version)),
  }),
  selected_version: (reader) => ({
    type: 'selected_version',
    version: reader.u16('selected_version', describe.version),
  }),
  key_share: (reader) => {
    const shares: KeyShareEntry[] = [];
    reader.lengthPrefixed(2, 'client_shares', () => {
      while (!reader.done) shares.push(readKeyShare(reader));
    });
    return { type: 'key_share', shares };
  },
  selected_key_share: (reader) => ({ type: 'selected_key_share', share: readKeyShare(reader) }),
  selected_group: (reader) => ({
    type: 'selected_group',
    group: reader.u16('selected_group', describe.group),
  }),
  psk_key_exchange_modes: (reader) => ({
    type: 'psk_key_exchange_modes',
    modes: list(reader, 1, 'ke_modes', () => reader.u8('ke_mode', describe.pskMode)),
  }),
  pre_shared_key: (reader) => ({
    type: 'pre_shared_key',
    identities: list(reader, 2, 'identities', () => readIdentity(reader)),
    binders: list(reader, 2, 'binders', () => vector(reader, 1, 'PskBinderEntry', 32)),
  }),
  selected_identity: (reader) => ({ type: 'selected_identity', index: reader.u16('selected_identity') }),
  early_data: () => ({ type: 'early_data' }),
  max_early_data_size: (reader) => ({
    type: 'max_early_data_size',
    size: reader.u32('max_early_data_size'),
  }),
  cookie: (reader) => ({ type: 'cookie', cookie: vector(reader, 2, 'cookie', 1) }),
  certificate_authorities: (reader) => ({
    type: 'certificate_authorities',
    names: list(reader, 2, 'authorities', () => vector(reader, 2, 'DistinguishedName', 1)),
  }),
  record_size_limit: (reader) => ({ type: 'record_size_limit', limit: reader.u16('record_size_limit') }),
  extended_master_secret: () => ({ type: 'extended_master_secret' }),
  post_handshake_auth: () => ({ type: 'post_handshake_auth' }),
  opaque: (reader, code) => ({ type: 'opaque', code, data: reader.rest('data') }),
};

/** A vector that may not be empty. */
function list<T>(reader: ByteReader, width: 1 | 2, label: string, read: () => T): readonly T[] {
  return reader.lengthPrefixed(width, label, () => {
    if (reader.done) throw new ByteError(`${label}: may not be empty`, reader.offset);
    const items: T[] = [];
    while (!reader.done) items.push(read());
    return items;
  });
}

function vector(reader: ByteReader, width: 1 | 2, label: string, least: number): Bytes {
  return reader.lengthPrefixed(width, label, () => {
    if (reader.left < least)
      throw new ByteError(`${label}: ${reader.left} octets, at least ${least} are needed`, reader.offset);
    return reader.rest('value');
  });
}

function readServerName(reader: ByteReader): string {
  return reader.lengthPrefixed(2, 'server_name_list', () => {
    const type = reader.u8('name_type', (code) => (code === 0 ? 'host_name' : String(code)));
    if (type !== 0) throw new ByteError(`name_type: ${type} is no host_name`, reader.offset);
    const name = text(reader, 2, 'host_name');
    if (/[^\x21-\x7e]/.test(name)) throw new ByteError('host_name: is no ASCII name', reader.offset);
    return name;
  });
}

function readSchemes(reader: ByteReader): readonly number[] {
  return list(reader, 2, 'supported_signature_algorithms', () =>
    reader.u16('signature_scheme', describe.scheme),
  );
}

function readProtocol(reader: ByteReader): string {
  return text(reader, 1, 'protocol_name');
}

function readKeyShare(reader: ByteReader): KeyShareEntry {
  return reader.scope(
    'KeyShareEntry',
    () => ({
      group: reader.u16('group', describe.group),
      keyExchange: vector(reader, 2, 'key_exchange', 1),
    }),
    ({ group }) => describe.group(group),
  );
}

function readIdentity(reader: ByteReader): PskIdentity {
  return reader.scope('PskIdentity', () => ({
    identity: vector(reader, 2, 'identity', 1),
    obfuscatedTicketAge: reader.u32('obfuscated_ticket_age'),
  }));
}

/** Text that may not be empty. Protocol names are octets (RFC 7301): one character each keeps those that are no UTF-8. */
function text(reader: ByteReader, width: 1 | 2, label: string): string {
  return reader.lengthPrefixed(width, label, (end) => {
    if (reader.done) throw new ByteError(`${label}: may not be empty`, reader.offset);
    const value = String.fromCharCode(...reader.source.subarray(reader.offset, end));
    reader.rest('value', value);
    return value;
  });
}
