import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../../src/core/bytes/index.ts';
import { cipherSuites } from '../../../src/core/tls/index.ts';
import type { Extension } from '../../../src/core/tls/extensions/extension.ts';
import {
  type ExtensionPlace,
  extensionCode,
  knownExtensions,
} from '../../../src/core/tls/extensions/registry.ts';
import type { HandshakeMessage } from '../../../src/core/tls/messages/message.ts';
import { readMessage, retryRandom } from '../../../src/core/tls/messages/read.ts';
import { writeMessage } from '../../../src/core/tls/messages/write.ts';
import { readSessionState, writeSessionState } from '../../../src/core/tls/tickets/session-state.ts';

const octets = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => new Uint8Array(bytes) as Bytes);
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const list16 = fc.array(u16, { minLength: 1, maxLength: 12 });
const name = fc.string({ unit: fc.constantFrom(...'abcz09.-_'), minLength: 1, maxLength: 40 });
const share = fc.record({ group: u16, keyExchange: octets(1, 80) });

/** Every kind of extension, where it may stand. */
const byType: Readonly<Record<string, fc.Arbitrary<Extension>>> = {
  server_name: fc.record({ type: fc.constant('server_name'), hostName: name }),
  server_name_acknowledgement: fc.constant({ type: 'server_name_acknowledgement' }),
  supported_groups: fc.record({ type: fc.constant('supported_groups'), groups: list16 }),
  signature_algorithms: fc.record({ type: fc.constant('signature_algorithms'), schemes: list16 }),
  signature_algorithms_cert: fc.record({ type: fc.constant('signature_algorithms_cert'), schemes: list16 }),
  application_layer_protocol_negotiation: fc.record({
    type: fc.constant('application_layer_protocol_negotiation'),
    protocols: fc.array(
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        minLength: 1,
        maxLength: 20,
      }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  supported_versions: fc.record({ type: fc.constant('supported_versions'), versions: list16 }),
  selected_version: fc.record({ type: fc.constant('selected_version'), version: u16 }),
  key_share: fc.record({ type: fc.constant('key_share'), shares: fc.array(share, { maxLength: 4 }) }),
  selected_key_share: fc.record({ type: fc.constant('selected_key_share'), share }),
  selected_group: fc.record({ type: fc.constant('selected_group'), group: u16 }),
  psk_key_exchange_modes: fc.record({
    type: fc.constant('psk_key_exchange_modes'),
    modes: fc.array(fc.nat(255), { minLength: 1, maxLength: 3 }),
  }),
  pre_shared_key: fc.record({
    type: fc.constant('pre_shared_key'),
    identities: fc.array(fc.record({ identity: octets(1, 60), obfuscatedTicketAge: u32 }), {
      minLength: 1,
      maxLength: 3,
    }),
    binders: fc.array(octets(32, 48), { minLength: 1, maxLength: 3 }),
  }),
  selected_identity: fc.record({ type: fc.constant('selected_identity'), index: u16 }),
  early_data: fc.constant({ type: 'early_data' }),
  max_early_data_size: fc.record({ type: fc.constant('max_early_data_size'), size: u32 }),
  cookie: fc.record({ type: fc.constant('cookie'), cookie: octets(1, 60) }),
  certificate_authorities: fc.record({
    type: fc.constant('certificate_authorities'),
    names: fc.array(octets(1, 60), { minLength: 1, maxLength: 3 }),
  }),
  record_size_limit: fc.record({ type: fc.constant('record_size_limit'), limit: u16 }),
  extended_master_secret: fc.constant({ type: 'extended_master_secret' }),
  post_handshake_auth: fc.constant({ type: 'post_handshake_auth' }),
};

/** Blocks of extensions that may stand in a message: known ones in their form there, and unknown ones. */
function extensionsIn(
  place: ExtensionPlace,
  always: readonly Extension[] = [],
): fc.Arbitrary<readonly Extension[]> {
  const here = [...knownExtensions.entries()].flatMap(([code, { forms }]) => {
    const form = forms[place];
    if (form === undefined) return [];
    return form === 'opaque'
      ? [octets(0, 30).map((data): Extension => ({ type: 'opaque', code, data }))]
      : [byType[form]!];
  });
  const unknown = octets(0, 30).map((data): Extension => ({ type: 'opaque', code: 0x7a7a, data }));
  return fc
    .uniqueArray(fc.oneof(...here, unknown), { maxLength: 8, selector: extensionCode })
    .map((some) => [
      ...always,
      ...some.filter((one) => !always.some((other) => extensionCode(other) === extensionCode(one))),
    ]);
}

const version: Extension = { type: 'selected_version', version: 0x0304 };
const serverHello = (type: 'ServerHello' | 'HelloRetryRequest') =>
  fc.record({
    type: fc.constant(type),
    legacyVersion: u16,
    random: type === 'ServerHello' ? octets(32, 32) : fc.constant(retryRandom),
    sessionId: octets(0, 32),
    cipherSuite: u16,
    compressionMethod: fc.nat(255),
    extensions: extensionsIn(type, [version]),
  });

const messages: Readonly<Record<HandshakeMessage['type'], fc.Arbitrary<HandshakeMessage>>> = {
  ClientHello: fc.record({
    type: fc.constant('ClientHello'),
    legacyVersion: u16,
    random: octets(32, 32),
    sessionId: octets(0, 32),
    cipherSuites: list16,
    compressionMethods: octets(1, 4),
    extensions: extensionsIn('ClientHello'),
  }),
  ServerHello: serverHello('ServerHello'),
  HelloRetryRequest: serverHello('HelloRetryRequest'),
  EncryptedExtensions: fc.record({
    type: fc.constant('EncryptedExtensions'),
    extensions: extensionsIn('EncryptedExtensions'),
  }),
  CertificateRequest: fc.record({
    type: fc.constant('CertificateRequest'),
    context: octets(0, 255),
    extensions: extensionsIn('CertificateRequest'),
  }),
  Certificate: fc.record({
    type: fc.constant('Certificate'),
    context: octets(0, 255),
    entries: fc.array(fc.record({ der: octets(1, 200), extensions: extensionsIn('CertificateEntry') }), {
      maxLength: 4,
    }),
  }),
  CertificateVerify: fc.record({
    type: fc.constant('CertificateVerify'),
    scheme: u16,
    signature: octets(0, 300),
  }),
  Finished: fc.record({ type: fc.constant('Finished'), verifyData: octets(0, 64) }),
  EndOfEarlyData: fc.constant({ type: 'EndOfEarlyData' }),
  NewSessionTicket: fc.record({
    type: fc.constant('NewSessionTicket'),
    lifetimeSeconds: u32,
    ageAdd: u32,
    nonce: octets(0, 255),
    ticket: octets(1, 300),
    extensions: extensionsIn('NewSessionTicket'),
  }),
  KeyUpdate: fc.record({ type: fc.constant('KeyUpdate'), requestUpdate: fc.boolean() }),
};

describe.each(Object.entries(messages))('%s', (_, arbitrary) => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        expect(readMessage(writeMessage(message, false).bytes, false).message).toEqual(message);
      }),
      { numRuns: 60 },
    );
  });

  it('has the same named parts, written and read', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        const written = writeMessage(message, true);
        const read = readMessage(written.bytes, true);
        expect(written.bytes).toEqual(writeMessage(message, false).bytes);
        const parts = (spans: typeof read.spans) =>
          spans.map(({ start, end, label, depth }) => ({ start, end, label, depth }));
        expect(parts(read.spans)).toEqual(parts(written.spans));
        const covered = new Set(
          written.spans.flatMap(({ start, end }) =>
            Array.from({ length: end - start }, (__, at) => start + at),
          ),
        );
        expect(covered.size).toBe(written.bytes.length);
      }),
      { numRuns: 40 },
    );
  });

  it('that is cut short is refused', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (message, cut) => {
        const { bytes } = writeMessage(message, false);
        expect(() => readMessage(bytes.subarray(0, cut % bytes.length), false)).toThrow();
      }),
      { numRuns: 40 },
    );
  });
});

describe('the state inside a ticket', () => {
  it('is read as it was written', () => {
    const text = fc.option(fc.string({ maxLength: 40, unit: 'grapheme' }).map((value) => value.normalize()));
    const state = fc.record({
      suite: fc.constantFrom(...Object.values(cipherSuites)),
      psk: octets(32, 48),
      issuedAtMs: fc.nat(),
      authenticatedAtMs: fc.nat(),
      lifetimeSeconds: u32,
      ageAdd: u32,
      maxEarlyData: u32,
      alpn: text,
      serverName: text,
      context: fc.string({ maxLength: 40 }),
      peerIdentity: text,
      peerChain: fc.array(octets(1, 100), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(state, (value) => {
        expect(readSessionState(writeSessionState(value))).toEqual(value);
      }),
    );
  });
});
