import type { Span } from '../../bytes/index.ts';
import { knownExtensions } from '../extensions/registry.ts';

/** Where RFC 9846 tells about a field, by the field's name. */
const sections: Readonly<Record<string, string>> = {
  msg_type: '4',
  ClientHello: '4.1.2',
  ServerHello: '4.1.3',
  HelloRetryRequest: '4.1.4',
  EncryptedExtensions: '4.3.1',
  CertificateRequest: '4.3.2',
  Certificate: '4.4.2',
  CertificateVerify: '4.4.3',
  Finished: '4.4.4',
  EndOfEarlyData: '4.5',
  NewSessionTicket: '4.6.1',
  KeyUpdate: '4.6.3',
  legacy_version: '4.1.2',
  random: '4.1.2',
  legacy_session_id: '4.1.2',
  legacy_session_id_echo: '4.1.3',
  cipher_suites: '4.1.2',
  cipher_suite: 'B.4',
  legacy_compression_methods: '4.1.2',
  legacy_compression_method: '4.1.3',
  extensions: '4.2',
  extension_type: '4.2',
  extension_data: '4.2',
  named_group: '4.2.7',
  signature_scheme: '4.2.3',
  KeyShareEntry: '4.2.8',
  group: '4.2.8',
  key_exchange: '4.2.8.2',
  ke_mode: '4.2.9',
  PskIdentity: '4.2.11',
  identity: '4.2.11',
  obfuscated_ticket_age: '4.2.11.1',
  PskBinderEntry: '4.2.11.2',
  selected_identity: '4.2.11',
  selected_version: '4.2.1',
  selected_group: '4.2.8',
  max_early_data_size: '4.2.10',
  cookie: '4.2.2',
  DistinguishedName: '4.2.4',
  certificate_request_context: '4.4.2',
  certificate_list: '4.4.2',
  CertificateEntry: '4.4.2',
  cert_data: '4.4.2',
  algorithm: '4.4.3',
  signature: '4.4.3',
  verify_data: '4.4.4',
  ticket_lifetime: '4.6.1',
  ticket_age_add: '4.6.1',
  ticket_nonce: '4.6.1',
  ticket: '4.6.1',
  request_update: '4.6.3',
};

const byExtension = new Map([...knownExtensions.values()].map(({ name, section }) => [name, section]));

/** The spans of a message with the clause that defines each part. */
export function withReferences(spans: readonly Span[]): readonly Span[] {
  return spans.map((span) => {
    const ref = referenceOf(span);
    return ref === undefined ? span : { ...span, ref };
  });
}

function referenceOf({ label, detail }: Span): string | undefined {
  if (label === 'extension') return byExtension.get(detail ?? '');
  const section = sections[label];
  return section === undefined ? undefined : `RFC 9846 ${section}`;
}
