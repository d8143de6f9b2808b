import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBase64Url, fromHex, toHex, utf8Decode, utf8Encode } from '../../../src/core/bytes/index.ts';
import {
  type Field,
  fieldAt,
  type InspectedDocument,
  inspectArtefact,
  type StructureNode,
  structurePath,
} from '../../../src/projection/inspect/index.ts';
import type { Artefact, ArtefactKind } from '../../../src/trace/index.ts';
import { epochMs, makeWorld, spiffeId, type World } from './artefacts.ts';

let world: World;
let rsaWorld: World;

beforeAll(async () => {
  [world, rsaWorld] = await Promise.all([makeWorld(), makeWorld('rsa-2048')]);
});

const HOUR = 3_600_000;

function open(id: string, atMs = HOUR, within = world): InspectedDocument {
  return inspectArtefact(within.get(id), within.lookup, { epochMs, atMs });
}

function values(document: InspectedDocument, id: Field['id']): string[] {
  return document.fields.filter((field) => field.id === id).map(({ value }) => value);
}

function one(document: InspectedDocument, id: Field['id']): Field {
  const found = document.fields.find((field) => field.id === id);
  if (!found) throw new Error(`no field ${id}`);
  return found;
}

function bytesAt(
  { bytes }: InspectedDocument,
  { start, end }: { start: number | null; end: number | null },
): Uint8Array {
  return bytes.subarray(start!, end!);
}

function* walk(nodes: readonly StructureNode[]): Generator<StructureNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}

describe('every document', () => {
  const everything = (): InspectedDocument[] =>
    [world, rsaWorld].flatMap((each) =>
      each.all.flatMap(({ id }) => {
        const document = open(id, HOUR, each);
        return [document, ...document.parts];
      }),
    );

  it('keeps its fields within its bytes', () => {
    for (const { kind, bytes, fields } of everything()) {
      expect(fields.length, kind).toBeGreaterThan(0);
      for (const { id, start, end } of fields) {
        expect(start === null, id).toBe(end === null);
        if (start === null || end === null) continue;
        expect(start, `${kind} ${id}`).toBeGreaterThanOrEqual(0);
        expect(end, `${kind} ${id}`).toBeGreaterThan(start);
        expect(end, `${kind} ${id}`).toBeLessThanOrEqual(bytes.length);
      }
    }
  });

  it('keeps parts inside parts, in the order of the bytes', () => {
    for (const { kind, bytes, structure } of everything()) {
      const check = (nodes: readonly StructureNode[], start: number, end: number): void => {
        let at = start;
        for (const node of nodes) {
          // Neighbours in base64 may share the one character that carries bits of both.
          expect(node.start, `${kind} ${node.label}`).toBeGreaterThanOrEqual(at - 1);
          expect(node.end).toBeLessThanOrEqual(end);
          expect(node.contentStart).toBeGreaterThanOrEqual(node.start);
          expect(node.contentStart).toBeLessThanOrEqual(node.end);
          check(node.children, node.start, node.end);
          at = node.end;
        }
      };
      check(structure, 0, bytes.length);
    }
  });

  it('leads from a byte to its field and to its place in the structure, and back', () => {
    for (const document of everything()) {
      for (const field of document.fields) {
        if (field.start === null || field.end === null) continue;
        const found = fieldAt(document.fields, field.start);
        expect(found).not.toBeNull();
        expect(found!.start).toBeLessThanOrEqual(field.start);
        if (document.structure.length > 0) {
          expect(structurePath(document.structure, field.start).length, field.id).toBeGreaterThan(0);
        }
      }
    }
  });

  it('can be sent to another thread and written as JSON', () => {
    for (const document of everything()) {
      expect(structuredClone(document)).toEqual(document);
      expect(() => JSON.stringify(document.json)).not.toThrow();
    }
  });

  it('links whatever the artefact refers to', () => {
    for (const artefact of world.all) {
      const links = open(artefact.id).fields.map(({ link }) => link);
      for (const id of Object.values(artefact.refs)) expect(links).toContain(id);
    }
  });
});

describe('a workload certificate', () => {
  it('shows what decides in a mesh', () => {
    const mesh = open('certificate:1').fields.filter((field) => field.mesh);
    expect(
      mesh.map(({ id, value, tone, note }) => [id, value, tone, note].filter((part) => part !== undefined)),
    ).toEqual([
      ['x509_spiffe_id', spiffeId, 'ok', 'san_decides'],
      ['x509_not_before', '2026-03-02T08:58:00Z', 'clock_skew_allowance'],
      ['x509_not_after', '2026-03-03T09:00:00Z'],
      ['x509_lifetime', '24h2m'],
      ['x509_remaining', '23h', 'ok'],
      ['x509_key_usage', 'digitalSignature, keyEncipherment (critical)'],
      ['x509_ext_key_usage', 'serverAuth, clientAuth'],
      ['x509_basic_constraints', 'CA:FALSE (critical)'],
      ['x509_san', `URI:${spiffeId}`],
      ['x509_san_critical', 'critical', 'ok'],
    ]);
  });

  it('leads from a field to the bytes that say it', () => {
    const document = open('certificate:1');
    const text = (id: Field['id']): string => utf8Decode(bytesAt(document, one(document, id)));
    expect(text('x509_spiffe_id')).toContain(spiffeId);
    expect(text('x509_not_after')).toContain('260303090000Z');
    expect(text('x509_issuer')).toContain('istiod');
    expect(toHex(bytesAt(document, one(document, 'x509_serial_number')))).toBe(
      `0210${one(document, 'x509_serial_number').value}`,
    );
    expect(toHex(bytesAt(document, one(document, 'x509_subject')))).toBe('3000');
    expect(toHex(bytesAt(document, one(document, 'x509_san_critical')))).toBe('0101ff');
  });

  it('names its parts as RFC 5280 does', () => {
    const { structure } = open('certificate:1');
    expect(structure[0]!.label).toBe('Certificate');
    expect(structure[0]!.children.map(({ label }) => label)).toEqual([
      'tbsCertificate',
      'signatureAlgorithm',
      'signatureValue',
    ]);
    expect(structure[0]!.children[0]!.children.map(({ label }) => label)).toEqual([
      'version',
      'serialNumber',
      'signature',
      'issuer',
      'validity',
      'subject',
      'subjectPublicKeyInfo',
      'extensions',
    ]);
  });

  it('is expired one second after Not After, and not before that', () => {
    const lifetime = 24 * HOUR;
    expect(one(open('certificate:1', lifetime), 'x509_remaining')).toMatchObject({ value: '0s', tone: 'ok' });
    const late = open('certificate:1', lifetime + 1000);
    expect(one(late, 'x509_remaining')).toMatchObject({ value: '-1s', tone: 'bad', note: 'expired' });
    expect(one(late, 'x509_not_after')).toMatchObject({ tone: 'bad', note: 'expired' });
  });

  it('is not yet valid for a clock that is slow by more than the allowance', () => {
    expect(one(open('certificate:1', -120_000), 'x509_remaining').tone).toBe('ok');
    expect(one(open('certificate:1', -121_000), 'x509_not_before')).toMatchObject({
      tone: 'bad',
      note: 'not_yet_valid',
    });
  });
});

describe('CA certificates', () => {
  it('say what limits them', () => {
    const intermediate = open('certificate:2');
    expect(values(intermediate, 'x509_basic_constraints')).toEqual(['CA:TRUE, pathlen:0 (critical)']);
    expect(values(intermediate, 'x509_name_constraints')).toEqual(['permitted URI:cluster.local (critical)']);
    expect(one(open('certificate:3'), 'x509_issuer').note).toBe('self_signed');
  });
});

describe('a CreateCertificate request', () => {
  it('shows message, CSR and caller beside each other', () => {
    const document = open('create-certificate-request:1');
    expect(values(document, 'ca_validity')).toEqual(['86400 s = 24h']);
    expect(values(document, 'csr_san')).toEqual([`URI:${spiffeId}`]);
    expect(one(document, 'csr_san').note).toBe('san_matches_caller');
    expect(values(document, 'ca_caller')).toEqual(['/ns/shop/sa/order']);
    expect(values(document, 'jwt_audience')).toEqual(['istio-ca']);
    expect(values(document, 'jwt_pod')).toEqual(['order-7d9c5f68b4-x2k7q (uid pod-uid)']);
    expect(
      document.fields.filter(({ group }) => group === 'caller').every(({ start }) => start === null),
    ).toBe(true);
  });

  it('points out a CSR that asks for a name the token does not have', async () => {
    const cheating = await makeWorld('ecdsa-p256', 'spiffe://cluster.local/ns/shop/sa/payment');
    const document = open('create-certificate-request:1', HOUR, cheating);
    expect(one(document, 'csr_san')).toMatchObject({
      value: 'URI:spiffe://cluster.local/ns/shop/sa/payment',
      tone: 'warn',
      note: 'san_differs_from_caller',
    });
    expect(values(open('certificate:1', HOUR, cheating), 'x509_spiffe_id')).toEqual([spiffeId]);
  });

  it('shows no caller when the token is no longer held', () => {
    const request = world.get('create-certificate-request:1');
    const document = inspectArtefact(request, () => undefined, { epochMs, atMs: 0 });
    expect(document.fields.filter(({ group }) => group === 'caller')).toEqual([]);
  });

  it('leads from the SAN to the base64 characters that carry it', () => {
    const document = open('create-certificate-request:1');
    const base64 = utf8Decode(bytesAt(document, one(document, 'csr_san'))).replaceAll('\n', '');
    const decoded = [0, 1, 2, 3].map((shift) =>
      Buffer.from('A'.repeat(shift) + base64, 'base64').toString('latin1'),
    );
    expect(decoded.some((text) => text.includes(spiffeId))).toBe(true);
  });

  it('opens the message down to the ASN.1 of the CSR', () => {
    const document = open('create-certificate-request:1');
    const path = structurePath(document.structure, one(document, 'csr_san').start! + 3).map(
      ({ label }) => label,
    );
    expect(path.slice(0, 4)).toEqual([
      'csr',
      'CERTIFICATE REQUEST',
      'CertificationRequest',
      'certificationRequestInfo',
    ]);
    expect(path).toContain('Subject Alternative Name');
  });
});

describe('a CreateCertificate response', () => {
  it('shows leaf, intermediate and root in this order', () => {
    const document = open('create-certificate-response:1');
    expect(
      document.fields
        .filter(({ id }) => id === 'chain_certificate')
        .map(({ label, value }) => `${label}: ${value}`),
    ).toEqual([
      `1 · leaf: ${spiffeId}`,
      '2 · intermediate: O=cluster.local, CN=istiod',
      '3 · root: O=cluster.local',
    ]);
    expect(values(document, 'ca_root')).toHaveLength(1);
    expect(document.parts.map(({ title }) => title)).toEqual([
      spiffeId,
      'O=cluster.local, CN=istiod',
      'O=cluster.local',
    ]);
    expect(values(document, 'x509_spiffe_id')).toEqual([spiffeId]);
  });

  it('of a refused call shows the status the client sees', () => {
    const document = open('grpc-trailers:1');
    expect(values(document, 'grpc_status')).toEqual(['16 Unauthenticated']);
    expect(values(document, 'grpc_message')).toEqual(['request authenticate failure']);
  });
});

describe('SDS messages', () => {
  it('tells a subscription, an ACK and a NACK apart', () => {
    const purposes = [1, 2, 3].map((n) => values(open(`discovery-request:${n}`), 'sds_purpose')[0]);
    expect(purposes).toEqual(['first request', 'ACK', 'NACK']);
    expect(values(open('discovery-request:3'), 'sds_error')).toEqual([
      'Internal: Failed to load certificate chain',
    ]);
  });

  it('shows that the key travels, and where', () => {
    const document = open('discovery-response:1');
    expect(one(document, 'secret_private_key')).toMatchObject({
      note: 'key_in_secret',
      tone: 'warn',
      link: 'private-key:1',
    });
    expect(values(document, 'secret_certificate_chain')[0]).toMatch(
      /^inline_bytes: 3 × CERTIFICATE, \d+ octets$/,
    );
    const path = structurePath(document.structure, one(document, 'secret_private_key').end! - 60);
    expect(path.map(({ label }) => label)).toEqual(
      expect.arrayContaining([
        'tls_certificate',
        'private_key',
        'inline_bytes',
        'EC PRIVATE KEY',
        'ECPrivateKey',
      ]),
    );
  });

  it('does not put the private key into the text that is offered for export', () => {
    expect(open('discovery-response:1').text).not.toContain('PRIVATE KEY');
  });

  it('shows roots and lists of ROOTCA', () => {
    const document = open('discovery-response:2');
    expect(values(document, 'secret_name')).toEqual(['ROOTCA']);
    expect(values(document, 'secret_crl')).toEqual(['filename /var/run/secrets/istio/crl/ca-crl.pem']);
  });
});

describe('a token', () => {
  it('shows its claims with times in UTC and what they are bound to', () => {
    const document = open('token:1');
    expect(document.title).toBe('system:serviceaccount:shop:order');
    expect(values(document, 'jwt_expires')).toEqual(['2026-03-02T21:00:00Z']);
    expect(values(document, 'jwt_lifetime')).toEqual(['12h']);
    expect(values(document, 'jwt_remaining')).toEqual(['11h']);
    expect(one(document, 'jwt_audience').note).toBe('audience_is_istio_ca');
    expect(one(document, 'jwt_pod').note).toBe('bound_to_pod');
  });

  it('leads from a claim to the base64url characters that carry it', () => {
    const document = open('token:1');
    const payload = document.structure[1]!;
    for (const field of document.fields.filter(({ group, start }) => group === 'claims' && start !== null)) {
      const [start, end] = [field.start! - payload.start, field.end! - payload.start];
      const padded = utf8Decode(document.bytes.subarray(payload.start, payload.end)).slice(
        start - (start % 4),
        end,
      );
      const decoded = utf8Decode(fromBase64Url(padded.slice(0, padded.length - (padded.length % 4))));
      expect(decoded).toContain(field.label.split('.').at(-1)!.slice(0, 2));
    }
  });

  it('is expired after exp', () => {
    expect(one(open('token:1', 13 * HOUR), 'jwt_remaining')).toMatchObject({ value: '-1h', tone: 'bad' });
  });

  it('inside a TokenReview leads to the same claims', () => {
    const document = open('token-review:1');
    expect(values(document, 'jwt_subject')).toEqual(['system:serviceaccount:shop:order']);
    const path = structurePath(document.structure, one(document, 'jwt_subject').start!).map(
      ({ label }) => label,
    );
    expect(path).toEqual(['spec', 'token']);
  });
});

describe('TokenReview and TokenRequest', () => {
  it('show the verdict and whom it is about', () => {
    const accepted = open('token-review:2');
    expect(one(accepted, 'review_authenticated')).toMatchObject({ value: 'true', tone: 'ok' });
    expect(values(accepted, 'review_username')).toEqual(['system:serviceaccount:shop:order']);
    expect(values(accepted, 'review_pod')).toEqual(['order-7d9c5f68b4-x2k7q (uid pod-uid)']);
    const refused = open('token-review:3');
    expect(one(refused, 'review_authenticated').tone).toBe('bad');
    expect(values(refused, 'review_error')).toEqual([
      '[invalid bearer token, service account token has expired]',
    ]);
  });

  it('show what was asked, granted or refused', () => {
    expect(values(open('token-request:1'), 'request_expiration')).toEqual(['43200 s = 12h']);
    expect(values(open('token-request:2'), 'request_expires_at')).toEqual(['2026-03-02T21:00:00Z']);
    expect(values(open('token-request:3'), 'status_message')).toEqual(['pods "x" not found']);
  });
});

describe('HTTP', () => {
  it('splits HTTP messages into lines', () => {
    expect(open('http:1').fields.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Request line: GET /orders HTTP/1.1',
      'host: order.shop',
    ]);
    expect(values(open('http:2'), 'http_body')).toEqual(['RBAC: access denied']);
  });
});

describe('a private key', () => {
  it('shows its kind and not its secret', () => {
    const document = open('private-key:1');
    expect(document.title).toBe('ECDSA P-256 private key');
    expect(values(document, 'key_secret')).toEqual(['32 octets']);
    expect(values(document, 'key_public')[0]).toMatch(/^04:/);
    expect(open('private-key:1', 0, rsaWorld).title).toBe('RSA 2048 private key');
  });
});

describe('bytes that are not what they should be', () => {
  const artefact = (kind: ArtefactKind, bytes: Uint8Array): Artefact => ({
    id: `${kind}:9`,
    kind,
    owner: 'test',
    pod: null,
    atMs: 0,
    bytes,
    refs: {},
  });
  const inspect = (kind: ArtefactKind, bytes: Uint8Array): InspectedDocument =>
    inspectArtefact(artefact(kind, bytes), world.lookup, { epochMs, atMs: 0 });

  it('become a document that says what does not fit, and where', () => {
    const document = inspect('certificate', fromHex('300302'));
    expect(document.title).toBe('unreadable certificate');
    expect(document.fields).toMatchObject([{ id: 'unreadable', tone: 'bad', start: 1, end: 2 }]);
  });

  it('still show their ASN.1 where there is any', () => {
    const document = inspect('csr', fromHex('3003020101'));
    expect(document.structure[0]!.children[0]).toMatchObject({ type: 'INTEGER', value: '1' });
  });

  it('never throw, whatever they are', () => {
    const kinds = [...new Set(world.all.map(({ kind }) => kind))];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 100 }), (kind, bytes) => {
        expect(inspect(kind, bytes).bytes).toBe(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throw where a good artefact has some octets changed', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 4 }), (pick, changes) => {
        const { kind, bytes } = world.all[pick % world.all.length]!;
        const broken = bytes.slice();
        for (const { at, to } of changes) broken[at % broken.length] = to;
        const { fields, structure } = inspect(kind, broken);
        for (const { start, end } of fields)
          expect((end ?? 0) >= (start ?? 0) && (end ?? 0) <= broken.length).toBe(true);
        for (const node of walk(structure)) expect(node.end).toBeLessThanOrEqual(broken.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('of an unknown kind are shown as JSON, as text or as bytes', () => {
    const unknown = 'later-kind' as ArtefactKind;
    expect(inspect(unknown, utf8Encode('{"kind":"Pod"}')).kind).toBe('json');
    expect(inspect(unknown, utf8Encode('hello\n')).kind).toBe('text');
    expect(inspect(unknown, fromHex('00ff')).kind).toBe('binary');
  });
});
