import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inspectArtefact } from '../../../src/projection/inspect/index.ts';
import type { Artefact } from '../../../src/trace/index.ts';
import { toldHandshake } from '../support/handshake.ts';

const { entries, lookup } = await toldHandshake();
const flights = entries.flatMap((entry) => (entry.kind === 'tls.sent' ? [entry.data] : []));
const context = { epochMs: Date.parse('2026-03-02T09:00:00Z'), atMs: 0 };

function held(id: string): Artefact {
  const artefact = lookup(id);
  if (!artefact) throw new Error(`no ${id}`);
  return artefact;
}

function message(type: string) {
  const found = flights.flatMap(({ messages }) => messages).find((one) => one.type === type);
  return inspectArtefact(held(found?.artefact ?? ''), lookup, context);
}

/** Fields as `label: value`. */
const told = ({ fields }: ReturnType<typeof message>) =>
  Object.fromEntries(fields.map(({ label, value }) => [label, value]));

describe('handshake messages opened', () => {
  it('a ClientHello names what it offers', () => {
    expect(told(message('ClientHello'))).toMatchObject({
      msg_type: 'ClientHello (1)',
      legacy_version: 'TLS 1.2',
      cipher_suites: 'TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256',
      server_name: 'outbound_.8080_._.order.shop.svc.cluster.local',
      application_layer_protocol_negotiation: 'istio-http/1.1, istio, http/1.1',
      supported_versions: 'TLS 1.3',
    });
  });

  it('a Certificate leads into the certificate, field by field and byte by byte', () => {
    const document = message('Certificate');
    expect(told(document)).toMatchObject({
      'certificate 1': 'spiffe://cluster.local/ns/shop/sa/order',
      'SPIFFE ID': 'spiffe://cluster.local/ns/shop/sa/order',
    });
    const id = document.fields.find(({ id: name }) => name === 'x509_spiffe_id');
    const text = new TextDecoder().decode(document.bytes.subarray(id?.start ?? 0, id?.end ?? 0));
    expect(text).toContain('spiffe://cluster.local/ns/shop/sa/order');
  });

  it.each(['ClientHello', 'ServerHello', 'CertificateRequest', 'CertificateVerify', 'Finished'])(
    'a %s shows where each field stands',
    (type) => {
      const { fields, bytes, structure } = message(type);
      for (const { start, end, label } of fields) {
        expect(start, label).not.toBeNull();
        expect(end ?? 0, label).toBeLessThanOrEqual(bytes.length);
      }
      expect(structure.at(-1)?.end).toBe(bytes.length);
    },
  );

  it('something broken becomes a document that says why', () => {
    const broken = { ...held(flights[0]?.messages[0]?.artefact ?? ''), bytes: Uint8Array.of(1, 0, 0, 9, 3) };
    expect(inspectArtefact(broken, lookup, context).fields[0]?.id).toBe('unreadable');
  });

  it('openssl reads the leaf where the command says it stands', () => {
    const document = message('Certificate');
    const command = document.proof[0]?.command ?? '';
    const skipped = Number(/tail -c \+(\d+)/.exec(command)?.[1]) - 1;
    const text = execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', '-text'], {
      input: document.bytes.subarray(skipped),
      encoding: 'utf8',
    });
    expect(text).toContain('URI:spiffe://cluster.local/ns/shop/sa/order');
  });
});

describe('flights opened', () => {
  it('show of encrypted records no more than anybody on the way sees', () => {
    const document = inspectArtefact(held(flights[1]?.artefact ?? ''), lookup, context);
    const values = document.fields.map(({ value }) => value);
    expect(values).toContain('ServerHello');
    expect(values).toContain('application_data (23)');
    expect(JSON.stringify({ ...document, bytes: null })).not.toContain('spiffe://');
  });
});
