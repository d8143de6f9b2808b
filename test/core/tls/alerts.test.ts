import { beforeAll, describe, expect, it } from 'vitest';
import { asBytes, concatBytes } from '../../../src/core/bytes/index.ts';
import { createSelfSignedRoot } from '../../../src/core/pki/index.ts';
import type { ConnectionContext } from '../../../src/core/tls/connection/context.ts';
import type { Extension } from '../../../src/core/tls/extensions/extension.ts';
import {
  createTicketProtector,
  type TlsClientConfig,
  type TlsServerConfig,
  type TlsTicket,
} from '../../../src/core/tls/index.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from '../../../src/core/tls/messages/message.ts';
import { retryRandom } from '../../../src/core/tls/messages/read.ts';
import { writeMessage } from '../../../src/core/tls/messages/write.ts';
import { type Forge, PuppetPair, type Side } from './support/pump.ts';
import {
  clientConfig,
  clientId,
  issue,
  now,
  serverConfig,
  serverId,
  trusting,
  type World,
  world,
} from './support/world.ts';

let of: World;
let stranger: World;
let ticket: TlsTicket;
let tickets: NonNullable<TlsServerConfig['tickets']>;

beforeAll(async () => {
  of = await world();
  const options = {
    organization: 'cluster.local',
    keyType: 'ecdsa-p256' as const,
    now,
    serial: Uint8Array.of(9),
  };
  const ca = await createSelfSignedRoot(of.provider, options);
  stranger = {
    ...of,
    ca,
    server: await issue(of.provider, ca, 'ecdsa-p256', serverId, 12),
    client: await issue(of.provider, ca, 'ecdsa-p256', clientId, 13),
  };
  tickets = { protector: await createTicketProtector(of.provider) };
  const pair = await new PuppetPair(clientConfig(of), serverConfig(of, { tickets })).connect();
  ticket = pair.of('client', 'ticket')[0]!.ticket;
});

interface Row {
  readonly when: string;
  readonly alert: string;
  readonly client?: () => Partial<TlsClientConfig> | Promise<Partial<TlsClientConfig>>;
  readonly server?: () => Partial<TlsServerConfig> | Promise<Partial<TlsServerConfig>>;
  readonly forge?: Forge;
  /** Said by the one at fault, before (`first`) or after the handshake. */
  readonly first?: (context: ConnectionContext) => void;
  readonly then?: (context: ConnectionContext) => void;
  readonly meddle?: (bytes: Uint8Array, count: number) => Uint8Array;
}

/** Runs a row: `liar` breaks the rule, the other side must notice, with this alert and no other. */
async function run(row: Row, liar: Side): Promise<void> {
  const pair = new PuppetPair(
    clientConfig(of, await row.client?.()),
    serverConfig(of, { tickets, ...(await row.server?.()) }),
  );
  const notices = liar === 'client' ? 'server' : 'client';
  if (row.forge) pair.forge[liar] = row.forge;
  let count = 0;
  if (row.meddle) pair.meddle = (to, bytes) => (to === notices ? row.meddle!(bytes, count++) : bytes);
  if (row.first) await pair.say(liar, row.first);
  else await pair.connect();
  if (row.then) await pair.say(liar, row.then);
  expect(pair.alerts(notices)).toEqual([`sent ${row.alert}`]);
  expect(pair[notices].state).toBe('Failed');
  expect(pair.of(notices, 'closed')).toHaveLength(1);
  const [alert] = pair.of(notices, 'alert');
  expect(alert!.fault?.rule).toMatch(/^[a-z-]+(\.[a-z-]+)?$/);
  expect(alert!.fault?.rule).not.toBe('internal');
}

const changed =
  <T extends HandshakeMessage['type']>(
    type: T,
    change: (message: Extract<HandshakeMessage, { type: T }>) => object,
  ): Forge =>
  (message) =>
    message.type === type
      ? ({ ...message, ...change(message as Extract<HandshakeMessage, { type: T }>) } as HandshakeMessage)
      : message;

/** A message whose extensions are others. */
const extended =
  (
    type: HandshakeMessage['type'],
    change: (extensions: readonly Extension[]) => readonly Extension[],
  ): Forge =>
  (message) =>
    message.type === type && 'extensions' in message
      ? { ...message, extensions: change(message.extensions) }
      : message;
const without = (type: HandshakeMessage['type'], name: string) =>
  extended(type, (extensions) => extensions.filter((extension) => extension.type !== name));
const withAlso = (type: HandshakeMessage['type'], ...more: Extension[]) =>
  extended(type, (extensions) => [...extensions, ...more]);
/** A ClientHello with this in the place of its server_name. */
const withName = (other: Extension) =>
  extended('ClientHello', (extensions) => [
    other,
    ...extensions.filter((extension) => extension.type !== 'server_name'),
  ]);
const replaced = (type: HandshakeMessage['type'], other: Extension) =>
  extended(type, (extensions) => extensions.map((one) => (one.type === other.type ? other : one)));
const raw =
  (type: HandshakeMessage['type'], change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Forge =>
  (message) =>
    message.type === type ? asBytes(change(writeMessage(message, false).bytes)) : message;

const bytes = (...octets: number[]) => Uint8Array.from(octets);
const opaque = (code: number, ...octets: number[]): Extension => ({
  type: 'opaque',
  code,
  data: bytes(...octets),
});
const share = (group: number, length: number, fill = 9) => ({
  group,
  keyExchange: new Uint8Array(length).fill(fill),
});
const unended = (message: HandshakeMessage): Uint8Array<ArrayBuffer> =>
  concatBytes(
    writeMessage(message, false).bytes,
    writeMessage({ type: 'KeyUpdate', requestUpdate: false }, false).bytes,
  );
const record = (type: number, length: number, ...content: number[]) =>
  bytes(type, 3, 3, length >> 8, length & 255, ...content);

describe('a server that meets', () => {
  const hello: Row[] = [
    {
      when: 'no null compression',
      alert: 'illegal_parameter',
      forge: changed('ClientHello', () => ({ compressionMethods: bytes(1) })),
    },
    { when: 'TLS 1.2 alone', alert: 'protocol_version', forge: without('ClientHello', 'supported_versions') },
    {
      when: 'TLS 1.3 named where only older versions may be',
      alert: 'protocol_version',
      forge: (message) =>
        message.type === 'ClientHello'
          ? {
              ...message,
              legacyVersion: 0x0304,
              extensions: message.extensions.filter(({ type }) => type !== 'supported_versions'),
            }
          : message,
    },
    {
      when: 'SSL 3.0 as legacy_version',
      alert: 'protocol_version',
      forge: changed('ClientHello', () => ({ legacyVersion: 0x0300 })),
    },
    {
      when: 'a server_name without a name',
      alert: 'decode_error',
      forge: withName(opaque(0)),
    },
    {
      when: 'a name of another kind',
      alert: 'decode_error',
      forge: withName(opaque(0, 0, 4, 1, 0, 1, 97)),
    },
    {
      when: 'versions without 1.3',
      alert: 'protocol_version',
      forge: replaced('ClientHello', { type: 'supported_versions', versions: [0x0303] }),
    },
    {
      when: 'unknown cipher suites only',
      alert: 'handshake_failure',
      forge: changed('ClientHello', () => ({ cipherSuites: [0x1304] })),
    },
    {
      when: 'no group in common',
      alert: 'handshake_failure',
      client: () => ({ keyShares: [] }),
      forge: replaced('ClientHello', { type: 'supported_groups', groups: [24] }),
    },
    { when: 'no key_share', alert: 'missing_extension', forge: without('ClientHello', 'key_share') },
    {
      when: 'no supported_groups',
      alert: 'missing_extension',
      forge: without('ClientHello', 'supported_groups'),
    },
    {
      when: 'no signature_algorithms',
      alert: 'missing_extension',
      forge: without('ClientHello', 'signature_algorithms'),
    },
    {
      when: 'no signature scheme its key can make',
      alert: 'handshake_failure',
      forge: replaced('ClientHello', { type: 'signature_algorithms', schemes: [0x0807] }),
    },
    {
      when: 'two shares for one group',
      alert: 'illegal_parameter',
      forge: replaced('ClientHello', { type: 'key_share', shares: [share(29, 32), share(29, 32)] }),
    },
    {
      when: 'a share for a group not offered',
      alert: 'illegal_parameter',
      forge: replaced('ClientHello', { type: 'key_share', shares: [share(24, 97)] }),
    },
    {
      when: 'a share of the wrong length',
      alert: 'illegal_parameter',
      forge: replaced('ClientHello', { type: 'key_share', shares: [share(29, 31)] }),
    },
    {
      when: 'a share that gives zeros',
      alert: 'illegal_parameter',
      forge: replaced('ClientHello', { type: 'key_share', shares: [share(29, 32, 0)] }),
    },
    {
      when: 'a point that is not on P-256',
      alert: 'illegal_parameter',
      server: () => ({ groups: ['secp256r1'] }),
      forge: replaced('ClientHello', { type: 'key_share', shares: [share(23, 65, 4)] }),
    },
    {
      when: 'an extension twice',
      alert: 'illegal_parameter',
      forge: withAlso('ClientHello', { type: 'supported_groups', groups: [29] }),
    },
    {
      when: 'an extension of another message',
      alert: 'illegal_parameter',
      forge: withAlso('ClientHello', opaque(48, 0, 0)),
    },
    {
      when: 'pre_shared_key that is not last',
      alert: 'illegal_parameter',
      client: () => ({ ticket }),
      forge: withAlso('ClientHello', opaque(21, 0)),
    },
    {
      when: 'more binders than identities',
      alert: 'illegal_parameter',
      client: () => ({ ticket }),
      forge: extended('ClientHello', (all) =>
        all.map((one) =>
          one.type === 'pre_shared_key' ? { ...one, binders: [...one.binders, ...one.binders] } : one,
        ),
      ),
    },
    {
      when: 'pre_shared_key without psk_key_exchange_modes',
      alert: 'missing_extension',
      client: () => ({ ticket }),
      forge: without('ClientHello', 'psk_key_exchange_modes'),
    },
    {
      when: 'a binder that is wrong',
      alert: 'decrypt_error',
      client: () => ({ ticket: { ...ticket, psk: new Uint8Array(32) } }),
    },
    {
      when: 'early_data without pre_shared_key',
      alert: 'illegal_parameter',
      forge: withAlso('ClientHello', { type: 'early_data' }),
    },
    {
      when: 'a hello cut short',
      alert: 'decode_error',
      forge: raw('ClientHello', (all) => bytes(1, 0, 0, 40, ...all.subarray(4, 44))),
    },
    {
      when: 'a hello with something behind its end',
      alert: 'decode_error',
      forge: raw('ClientHello', (all) =>
        bytes(1, 0, (all.length - 3) >> 8, (all.length - 3) & 255, ...all.subarray(4), 0),
      ),
    },
    {
      when: 'a session id of 33 octets',
      alert: 'decode_error',
      forge: changed('ClientHello', () => ({ sessionId: new Uint8Array(33) })),
    },
    {
      when: 'an empty list of groups',
      alert: 'decode_error',
      forge: extended('ClientHello', (all) =>
        all.map((one) => (one.type === 'supported_groups' ? opaque(10, 0, 0) : one)),
      ),
    },
    {
      when: 'no ALPN protocol in common',
      alert: 'no_application_protocol',
      client: () => ({ alpn: ['smtp'] }),
    },
    {
      when: 'a name it does not serve',
      alert: 'unrecognized_name',
      server: () => ({ credential: () => 'unrecognized_name' as const }),
    },
    {
      when: 'a hello longer than it reads',
      alert: 'illegal_parameter',
      server: () => ({ limits: { handshakeMessage: 100 } }),
    },
    {
      when: 'a hello that does not end its record',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'ClientHello' ? unended(message) : message),
    },
    {
      when: 'a message of another kind first',
      alert: 'unexpected_message',
      forge: (message) =>
        message.type === 'ClientHello'
          ? writeMessage({ type: 'Finished', verifyData: new Uint8Array(32) }, false).bytes
          : message,
    },
    {
      when: 'a handshake type that does not exist',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'ClientHello' ? bytes(99, 0, 0, 0) : message),
    },
    {
      when: 'a second hello without the share asked for',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [] }),
      forge: secondHello((message) => ({
        ...message,
        extensions: message.extensions.map((one) =>
          one.type === 'key_share' ? { type: 'key_share', shares: [] } : one,
        ),
      })),
    },
    {
      when: 'a second hello with other suites',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [] }),
      forge: secondHello((message) => ({ ...message, cipherSuites: [0x1301] })),
    },
    {
      when: 'a second hello for another name',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [], serverName: 'order' }),
      forge: secondHello((message) => ({
        ...message,
        extensions: message.extensions.map((one) =>
          one.type === 'server_name' ? { type: 'server_name', hostName: 'admin' } : one,
        ),
      })),
    },
    {
      when: 'a second hello without an extension of the first',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [], serverName: 'order' }),
      forge: secondHello((message) => ({
        ...message,
        extensions: message.extensions.filter(({ type }) => type !== 'server_name'),
      })),
    },
    {
      when: 'a second hello with an extension more',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [] }),
      forge: secondHello((message) => ({
        ...message,
        extensions: [...message.extensions, { type: 'post_handshake_auth' }],
      })),
    },
    {
      when: 'a second hello with another random',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [] }),
      forge: secondHello((message) => ({ ...message, random: new Uint8Array(32) })),
    },
  ];
  it.each(hello)('$when says $alert', (row) => run(row, 'client'));

  const records: Row[] = [
    {
      when: 'a content type that does not exist',
      alert: 'unexpected_message',
      meddle: () => new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'),
    },
    {
      when: 'application data before anything',
      alert: 'unexpected_message',
      meddle: () => record(23, 2, 1, 2),
    },
    { when: 'a record that is too long', alert: 'record_overflow', meddle: () => record(22, 16_385) },
    { when: 'a handshake record without content', alert: 'unexpected_message', meddle: () => record(22, 0) },
    {
      when: 'a change_cipher_spec before the hello',
      alert: 'unexpected_message',
      meddle: (all) => concatBytes(record(20, 1, 1), all),
    },
    {
      when: 'a change_cipher_spec of another value',
      alert: 'unexpected_message',
      meddle: (all, count) => (count === 0 ? all : record(20, 1, 2)),
    },
    {
      when: 'a change_cipher_spec of two octets',
      alert: 'unexpected_message',
      meddle: (all, count) => (count === 0 ? all : record(20, 2, 1, 1)),
    },
    {
      when: 'change_cipher_spec without end',
      alert: 'unexpected_message',
      meddle: (all, count) =>
        count === 0 ? all : bytes(...Array.from({ length: 40 }, () => [...record(20, 1, 1)]).flat()),
    },
    {
      when: 'a changed octet in an encrypted record',
      alert: 'bad_record_mac',
      meddle: (all, count) =>
        count === 0 ? all : Uint8Array.from(all, (octet, at) => (at === all.length - 1 ? octet ^ 1 : octet)),
    },
    {
      when: 'a protected record that is too long',
      alert: 'record_overflow',
      meddle: (all, count) => (count === 0 ? all : record(23, 16_641)),
    },
    {
      when: 'an unprotected handshake record after the hellos',
      alert: 'unexpected_message',
      meddle: (all, count) => (count === 0 ? all : record(22, 4, 20, 0, 0, 0)),
    },
    {
      when: 'a record shorter than a tag',
      alert: 'bad_record_mac',
      meddle: (all, count) => (count === 0 ? all : record(23, 3, 1, 2, 3)),
    },
    { when: 'an alert of another level', alert: 'illegal_parameter', meddle: () => record(21, 2, 3, 40) },
    { when: 'an alert of three octets', alert: 'decode_error', meddle: () => record(21, 3, 2, 40, 0) },
  ];
  it.each(records)('$when says $alert', async (row) => {
    if (!row.when.startsWith('an alert')) return run(row, 'client');
    const pair = new PuppetPair(clientConfig(of), serverConfig(of));
    pair.meddle = (to, all) => (to === 'server' ? row.meddle!(all, 0) : all);
    await pair.connect();
    expect(pair.alerts('server').at(-1)).toBe(`sent ${row.alert}`);
  });

  const credentials: Row[] = [
    { when: 'no certificate', alert: 'certificate_required', client: () => ({ credential: null }) },
    {
      when: 'a certificate of an unknown issuer',
      alert: 'unknown_ca',
      client: () => ({ credential: stranger.client }),
    },
    {
      when: 'an expired certificate',
      alert: 'certificate_expired',
      client: async () => ({
        credential: await issue(
          of.provider,
          of.ca,
          'ecdsa-p256',
          clientId,
          20,
          new Date(now.getTime() - 2 * 3_600_000),
        ),
      }),
    },
    {
      when: 'a certificate that is not yet valid',
      alert: 'certificate_expired',
      client: async () => ({
        credential: await issue(
          of.provider,
          of.ca,
          'ecdsa-p256',
          clientId,
          21,
          new Date(now.getTime() + 3_600_000),
        ),
      }),
    },
    {
      when: 'a valid certificate of somebody else',
      alert: 'certificate_unknown',
      server: () => ({ verifyPeer: trusting(of, ['spiffe://cluster.local/ns/shop/sa/admin']) }),
    },
    {
      when: "a certificate with somebody else's key",
      alert: 'decrypt_error',
      client: async () => ({ credential: { chain: of.client.chain, keyPair: await otherKey() } }),
    },
    {
      when: 'a key usage without digitalSignature',
      alert: 'illegal_parameter',
      client: () => ({ credential: { chain: of.ca.roots, keyPair: of.ca.keyPair } }),
    },
    {
      when: 'octets that are no certificate',
      alert: 'bad_certificate',
      forge: changed('Certificate', () => ({ entries: [{ der: bytes(0x30, 1, 0), extensions: [] }] })),
    },
    {
      when: 'too many certificates',
      alert: 'unknown_ca',
      forge: changed('Certificate', ({ entries }) => ({
        entries: Array.from({ length: 33 }, () => entries[0]),
      })),
    },
    {
      when: 'a context it did not give',
      alert: 'illegal_parameter',
      forge: changed('Certificate', () => ({ context: bytes(1) })),
    },
    {
      when: 'an unsolicited extension of a certificate',
      alert: 'unsupported_extension',
      forge: changed('Certificate', ({ entries }) => ({
        entries: [{ ...entries[0], extensions: [opaque(18, 0, 0)] }],
      })),
    },
    {
      when: 'a CertificateVerify without Certificate',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'Certificate' ? null : message),
    },
    {
      when: 'a Certificate without CertificateVerify',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'CertificateVerify' ? null : message),
    },
    {
      when: 'a signature that is wrong',
      alert: 'decrypt_error',
      forge: changed('CertificateVerify', ({ signature }) => ({
        signature: signature.map((octet, at) => (at === 20 ? octet ^ 1 : octet)),
      })),
    },
    {
      when: 'a signature of no octets',
      alert: 'decrypt_error',
      forge: changed('CertificateVerify', () => ({ signature: bytes() })),
    },
    {
      when: 'a signature of RSASSA-PKCS1',
      alert: 'illegal_parameter',
      forge: changed('CertificateVerify', () => ({ scheme: 0x0401 })),
    },
    {
      when: 'a scheme for another curve',
      alert: 'illegal_parameter',
      forge: changed('CertificateVerify', () => ({ scheme: 0x0503 })),
    },
    {
      when: 'a Finished that is wrong',
      alert: 'decrypt_error',
      forge: changed('Finished', () => ({ verifyData: new Uint8Array(32) })),
    },
    {
      when: 'a Finished of the wrong length',
      alert: 'decrypt_error',
      forge: changed('Finished', () => ({ verifyData: new Uint8Array(31) })),
    },
    {
      when: 'a Finished that does not end its record',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'Finished' ? unended(message) : message),
    },
    {
      when: 'a KeyUpdate before Finished',
      alert: 'unexpected_message',
      forge: (message) =>
        message.type === 'Certificate'
          ? writeMessage({ type: 'KeyUpdate', requestUpdate: false }, false).bytes
          : message,
    },
  ];
  it.each(credentials)('$when says $alert', (row) => run(row, 'client'));

  const afterwards: Row[] = [
    {
      when: 'a ClientHello after the handshake',
      alert: 'unexpected_message',
      then: (context) => context.writer.handshake(bytes(1, 0, 0, 0)),
    },
    {
      when: 'a KeyUpdate of 2',
      alert: 'illegal_parameter',
      then: (context) => context.writer.handshake(bytes(24, 0, 0, 1, 2)),
    },
    {
      when: 'an empty KeyUpdate',
      alert: 'decode_error',
      then: (context) => context.writer.handshake(bytes(24, 0, 0, 0)),
    },
    {
      when: 'a long message after the handshake',
      alert: 'illegal_parameter',
      then: (context) => context.writer.handshake(bytes(24, 1, 0, 0)),
    },
    {
      when: 'data inside a handshake message',
      alert: 'unexpected_message',
      then: (context) => {
        context.writer.handshake(bytes(24, 0, 0));
        context.writer.data(bytes(1));
      },
    },
    {
      when: 'a change_cipher_spec after the handshake',
      alert: 'unexpected_message',
      then: (context) => context.writer.changeCipherSpecNow(),
    },
    {
      when: 'a NewSessionTicket of a client',
      alert: 'unexpected_message',
      then: (context) =>
        context.sendAfterHandshake({
          type: 'NewSessionTicket',
          lifetimeSeconds: 1,
          ageAdd: 0,
          nonce: bytes(9),
          ticket: bytes(1),
          extensions: [],
        }),
    },
    {
      when: 'a Finished again',
      alert: 'unexpected_message',
      then: (context) => context.writer.handshake(bytes(20, 0, 0, 0)),
    },
    {
      when: 'records without data without end',
      alert: 'unexpected_message',
      then: (context) => {
        for (let i = 0; i < 40; i++) context.writer.data(bytes());
      },
    },
  ];
  it.each(afterwards)('$when says $alert', (row) => run(row, 'client'));
});

describe('a client that meets', () => {
  const hello: Row[] = [
    {
      when: 'another session id',
      alert: 'illegal_parameter',
      forge: changed('ServerHello', () => ({ sessionId: new Uint8Array(32) })),
    },
    {
      when: 'a suite it did not offer',
      alert: 'illegal_parameter',
      forge: changed('ServerHello', () => ({ cipherSuite: 0x1304 })),
    },
    {
      when: 'compression',
      alert: 'illegal_parameter',
      forge: changed('ServerHello', () => ({ compressionMethod: 1 })),
    },
    {
      when: 'an older selected_version',
      alert: 'illegal_parameter',
      forge: replaced('ServerHello', { type: 'selected_version', version: 0x0303 }),
    },
    {
      when: 'SSL 3.0 as legacy_version',
      alert: 'protocol_version',
      forge: changed('ServerHello', () => ({ legacyVersion: 0x0300 })),
    },
    {
      when: 'another legacy_version',
      alert: 'illegal_parameter',
      forge: changed('ServerHello', () => ({ legacyVersion: 0x0304 })),
    },
    {
      when: 'a ServerHello of TLS 1.2',
      alert: 'protocol_version',
      forge: without('ServerHello', 'selected_version'),
    },
    {
      when: 'a downgrade',
      alert: 'illegal_parameter',
      forge: (message) => (message.type === 'ServerHello' ? downgraded(message) : message),
    },
    { when: 'no key_share', alert: 'missing_extension', forge: without('ServerHello', 'selected_key_share') },
    {
      when: 'a key_share of another group',
      alert: 'illegal_parameter',
      forge: replaced('ServerHello', { type: 'selected_key_share', share: share(23, 65) }),
    },
    {
      when: 'a key_share that gives zeros',
      alert: 'illegal_parameter',
      forge: replaced('ServerHello', { type: 'selected_key_share', share: share(29, 32, 0) }),
    },
    {
      when: 'an extension it did not ask for',
      alert: 'unsupported_extension',
      forge: withAlso('ServerHello', opaque(0x1234)),
    },
    {
      when: 'a ticket selected that it did not offer',
      alert: 'unsupported_extension',
      forge: withAlso('ServerHello', { type: 'selected_identity', index: 0 }),
    },
    {
      when: 'a ticket selected that does not exist',
      alert: 'illegal_parameter',
      client: () => ({ ticket }),
      forge: replaced('ServerHello', { type: 'selected_identity', index: 1 }),
    },
    {
      when: 'an extension of another message',
      alert: 'illegal_parameter',
      forge: withAlso('ServerHello', opaque(16, 0, 0)),
    },
    {
      when: 'a ServerHello that does not end its record',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'ServerHello' ? unended(message) : message),
    },
    {
      when: 'a second HelloRetryRequest',
      alert: 'unexpected_message',
      client: () => ({ keyShares: [] }),
      forge: (message) => (message.type === 'ServerHello' ? retry(message, 29) : message),
    },
    {
      when: 'a HelloRetryRequest for a group it did not offer',
      alert: 'illegal_parameter',
      forge: (message) => (message.type === 'ServerHello' ? retry(message, 24) : message),
    },
    {
      when: 'a HelloRetryRequest for the share it sent',
      alert: 'illegal_parameter',
      forge: (message) => (message.type === 'ServerHello' ? retry(message, 29) : message),
    },
    {
      when: 'a HelloRetryRequest that changes nothing',
      alert: 'illegal_parameter',
      forge: (message) => (message.type === 'ServerHello' ? retry(message, null) : message),
    },
    {
      when: 'another suite than in the HelloRetryRequest',
      alert: 'illegal_parameter',
      client: () => ({ keyShares: [] }),
      forge: changed('ServerHello', () => ({ cipherSuite: 0x1303 })),
    },
  ];
  it.each(hello)('$when says $alert', (row) => run(row, 'server'));

  const flight: Row[] = [
    {
      when: 'ALPN it did not ask for',
      alert: 'unsupported_extension',
      client: () => ({ alpn: [] }),
      forge: withAlso('EncryptedExtensions', {
        type: 'application_layer_protocol_negotiation',
        protocols: ['h2'],
      }),
    },
    {
      when: 'a protocol it did not offer',
      alert: 'illegal_parameter',
      forge: replaced('EncryptedExtensions', {
        type: 'application_layer_protocol_negotiation',
        protocols: ['smtp'],
      }),
    },
    {
      when: 'two protocols',
      alert: 'decode_error',
      forge: replaced('EncryptedExtensions', {
        type: 'application_layer_protocol_negotiation',
        protocols: ['istio', 'http/1.1'],
      }),
    },
    {
      when: 'key_share among EncryptedExtensions',
      alert: 'illegal_parameter',
      forge: withAlso('EncryptedExtensions', opaque(51, 0, 29)),
    },
    {
      when: 'early data accepted that it did not send',
      alert: 'unsupported_extension',
      forge: withAlso('EncryptedExtensions', { type: 'early_data' }),
    },
    {
      when: 'no EncryptedExtensions',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'EncryptedExtensions' ? null : message),
    },
    {
      when: 'a CertificateRequest without signature_algorithms',
      alert: 'missing_extension',
      forge: without('CertificateRequest', 'signature_algorithms'),
    },
    {
      when: 'a CertificateRequest with a context',
      alert: 'illegal_parameter',
      forge: changed('CertificateRequest', () => ({ context: bytes(1) })),
    },
    { when: 'no certificate', alert: 'decode_error', forge: changed('Certificate', () => ({ entries: [] })) },
    {
      when: 'an unsolicited extension of a certificate',
      alert: 'unsupported_extension',
      forge: changed('Certificate', ({ entries }) => ({
        entries: [{ ...entries[0], extensions: [opaque(5, 1, 0, 0, 1, 0)] }],
      })),
    },
    {
      when: 'a certificate of an unknown issuer',
      alert: 'unknown_ca',
      server: () => ({ credential: stranger.server }),
    },
    {
      when: 'a valid certificate of another service',
      alert: 'certificate_unknown',
      server: () => ({ credential: of.client }),
    },
    {
      when: 'an expired certificate',
      alert: 'certificate_expired',
      server: async () => ({
        credential: await issue(
          of.provider,
          of.ca,
          'ecdsa-p256',
          serverId,
          22,
          new Date(now.getTime() - 2 * 3_600_000),
        ),
      }),
    },
    {
      when: "a certificate with somebody else's key",
      alert: 'decrypt_error',
      server: async () => ({ credential: { chain: of.server.chain, keyPair: await otherKey() } }),
    },
    {
      when: 'a signature of no octets',
      alert: 'decrypt_error',
      forge: changed('CertificateVerify', () => ({ signature: bytes() })),
    },
    {
      when: 'a signature of RSASSA-PKCS1',
      alert: 'illegal_parameter',
      forge: changed('CertificateVerify', () => ({ scheme: 0x0401 })),
    },
    {
      when: 'a scheme for another curve',
      alert: 'illegal_parameter',
      forge: changed('CertificateVerify', () => ({ scheme: 0x0503 })),
    },
    {
      when: 'an extension twice',
      alert: 'illegal_parameter',
      forge: withAlso('EncryptedExtensions', opaque(10, 0, 2, 0, 29), opaque(10, 0, 2, 0, 29)),
    },
    {
      when: 'no CertificateVerify',
      alert: 'unexpected_message',
      forge: (message) => (message.type === 'CertificateVerify' ? null : message),
    },
    {
      when: 'a Finished that is wrong',
      alert: 'decrypt_error',
      forge: changed('Finished', () => ({ verifyData: new Uint8Array(32) })),
    },
    {
      when: 'a signature with a scheme it did not offer',
      alert: 'illegal_parameter',
      client: () => ({ signatureSchemes: ['rsa_pss_rsae_sha256'] }),
      forge: (message) => message,
    },
    {
      when: 'a changed octet in the encrypted flight',
      alert: 'bad_record_mac',
      meddle: (all) => Uint8Array.from(all, (octet, at) => (at === all.length - 1 ? octet ^ 1 : octet)),
    },
    {
      when: 'a flight in plaintext',
      alert: 'unexpected_message',
      meddle: (all) => concatBytes(all.subarray(0, 127), record(22, 6, 8, 0, 0, 2, 0, 0)),
    },
    {
      when: 'an answer in plaintext HTTP',
      alert: 'unexpected_message',
      meddle: () => new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'),
    },
  ];
  it.each(flight)('$when says $alert', (row) => {
    if (row.client === undefined || !row.when.startsWith('a signature with')) return run(row, 'server');
    // The server must not look at what the client takes: it signs with what it has.
    const hello = replaced('ClientHello', { type: 'signature_algorithms', schemes: [0x0403] });
    return runWithClientForge(row, hello);
  });

  async function runWithClientForge(row: Row, forge: Forge): Promise<void> {
    const pair = new PuppetPair(clientConfig(of, await row.client?.()), serverConfig(of));
    pair.forge.client = forge;
    await pair.connect();
    expect(pair.alerts('client')).toEqual([`sent ${row.alert}`]);
  }

  const afterwards: Row[] = [
    {
      when: 'a ticket that lives too long',
      alert: 'illegal_parameter',
      then: (context) =>
        context.sendAfterHandshake({
          type: 'NewSessionTicket',
          lifetimeSeconds: 604_801,
          ageAdd: 0,
          nonce: bytes(9),
          ticket: bytes(1),
          extensions: [],
        }),
    },
    {
      when: 'an empty ticket',
      alert: 'decode_error',
      then: (context) =>
        context.sendAfterHandshake({
          type: 'NewSessionTicket',
          lifetimeSeconds: 1,
          ageAdd: 0,
          nonce: bytes(9),
          ticket: bytes(),
          extensions: [],
        }),
    },
    {
      when: 'a CertificateRequest after the handshake',
      alert: 'unexpected_message',
      then: (context) =>
        context.sendAfterHandshake({
          type: 'CertificateRequest',
          context: bytes(1),
          extensions: [{ type: 'signature_algorithms', schemes: [0x0403] }],
        }),
    },
    {
      when: 'a KeyUpdate of 2',
      alert: 'illegal_parameter',
      then: (context) => context.writer.handshake(bytes(24, 0, 0, 1, 2)),
    },
    {
      when: 'a change_cipher_spec after the handshake',
      alert: 'unexpected_message',
      then: (context) => context.writer.changeCipherSpecNow(),
    },
    {
      when: 'a HelloRequest of TLS 1.2',
      alert: 'unexpected_message',
      then: (context) => context.writer.handshake(bytes(0, 0, 0, 0)),
    },
    {
      when: 'a KeyUpdate that does not end its record',
      alert: 'unexpected_message',
      then: (context) => context.writer.handshake(bytes(24, 0, 0, 1, 0, 24, 0, 0, 1, 0)),
    },
  ];
  it.each(afterwards)('$when says $alert', (row) => run(row, 'server'));
});

/** The second ClientHello of a client, changed. */
function secondHello(change: (hello: ClientHello) => ClientHello): Forge {
  let hellos = 0;
  return (message) => (message.type === 'ClientHello' && ++hellos === 2 ? change(message) : message);
}

function retry(hello: ServerHello, group: number | null): ServerHello {
  const version: Extension = { type: 'selected_version', version: 0x0304 };
  const extensions: readonly Extension[] =
    group === null ? [version] : [version, { type: 'selected_group', group }];
  return { ...hello, type: 'HelloRetryRequest', random: retryRandom, extensions };
}

function downgraded(hello: ServerHello): ServerHello {
  const random = hello.random.slice();
  random.set(new TextEncoder().encode('DOWNGRD\u0001'), 24);
  return { ...hello, random, extensions: [] };
}

async function otherKey() {
  const { generateKeyPair } = await import('../../../src/core/pki/index.ts');
  return generateKeyPair(of.provider, 'ecdsa-p256');
}
