import { type Bytes, utf8Encode } from '../../../src/core/bytes/bytes.ts';
import {
  bits,
  bool,
  contextConstructed,
  contextExplicit,
  contextPrimitive,
  int,
  namedBits,
  octets,
  oid,
  seq,
  time,
  uint,
  utf8String,
} from '../../../src/core/bytes/der.ts';
import { fromHex } from '../../../src/core/bytes/hex.ts';
import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import {
  type Certificate,
  generateKeyPair,
  keyIdentifier,
  type KeyPair,
  type KeyType,
  parseCertificate,
  sign,
} from '../../../src/core/pki/index.ts';
import { encodeExtension } from '../../../src/core/pki/extension.ts';
import { encodeName } from '../../../src/core/pki/name.ts';
import { signatureAlgorithmDer } from '../../../src/core/pki/signature-algorithm.ts';

/** Everything about a certificate that a test may want to be wrong. */
export interface Template {
  /** Common name, empty for the empty name; or a Name as it stands. */
  readonly subject?: string | Bytes;
  readonly issuer?: string | Bytes;
  readonly key?: KeyPair;
  readonly signer?: Authority;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly serial?: Uint8Array;
  /** The version field as written: 2 for v3; null for none (v1). */
  readonly version?: number | null;
  readonly extensions?: readonly (Bytes | null)[];
  readonly innerAlgorithm?: Uint8Array;
  readonly outerAlgorithm?: Uint8Array;
  /** Changes the signature before it is put in. */
  readonly tamper?: (signature: Uint8Array) => Uint8Array;
}

export interface Authority {
  readonly certificate: Certificate;
  readonly key: KeyPair;
}

const EPOCH = '2026-03-02T09:00:00Z';
export const NOW = new Date('2026-03-02T12:00:00Z');

/** Writes whatever the template says; nothing is checked. */
export async function forge(provider: CryptoProvider, template: Template = {}): Promise<Authority> {
  const key = template.key ?? (await generateKeyPair(provider, 'ecdsa-p256'));
  const signer = template.signer?.key ?? key;
  const subject = nameOf(template.subject ?? 'leaf');
  const issuer =
    template.issuer !== undefined
      ? nameOf(template.issuer)
      : (template.signer?.certificate.subject.der ?? subject);
  const algorithm = signatureAlgorithmDer(signer.keyType);
  const version = template.version === undefined ? 2 : template.version;
  const extensions = (template.extensions ?? []).filter((extension) => extension !== null);
  const tbs = seq(
    ...(version === null ? [] : [contextExplicit(0, int(version))]),
    uint(template.serial ?? Uint8Array.of(0x5a, 1, 2, 3)),
    template.innerAlgorithm ?? algorithm,
    issuer,
    seq(
      time(new Date(template.notBefore ?? EPOCH)),
      time(new Date(template.notAfter ?? '2027-03-02T09:00:00Z')),
    ),
    subject,
    key.spki,
    ...(extensions.length === 0 ? [] : [contextExplicit(3, seq(...extensions))]),
  );
  const signature = await sign(provider, signer.privateKey, tbs);
  const written = template.tamper?.(signature) ?? signature;
  return {
    certificate: parseCertificate(seq(tbs, template.outerAlgorithm ?? algorithm, bits(written))),
    key,
  };
}

type Changes = Omit<Template, 'extensions'> & {
  /** Replaces extensions of the same kind, adds others; null removes. */
  readonly change?: Readonly<Record<string, Bytes | null>>;
  readonly pathLen?: number;
  readonly keyType?: KeyType;
};

/** A self-signed root as it should be, with changes. */
export async function root(provider: CryptoProvider, changes: Changes = {}): Promise<Authority> {
  const key = changes.key ?? (await generateKeyPair(provider, changes.keyType ?? 'ecdsa-p256'));
  const extensions = {
    ...caExtensions(await keyIdentifier(provider, key.spki), changes.pathLen),
    ...changes.change,
  };
  return forge(provider, { subject: 'Root', ...changes, key, extensions: Object.values(extensions) });
}

/** An intermediate CA as it should be, with changes. */
export async function intermediate(
  provider: CryptoProvider,
  signer: Authority,
  changes: Changes = {},
): Promise<Authority> {
  const key = changes.key ?? (await generateKeyPair(provider, changes.keyType ?? 'ecdsa-p256'));
  const extensions = {
    ...caExtensions(await keyIdentifier(provider, key.spki), changes.pathLen),
    aki: akiOf(signer),
    ...changes.change,
  };
  return forge(provider, {
    subject: 'Intermediate',
    signer,
    ...changes,
    key,
    extensions: Object.values(extensions),
  });
}

/** A workload's leaf as istiod would issue it, with changes. */
export async function leaf(
  provider: CryptoProvider,
  signer: Authority,
  changes: Changes = {},
): Promise<Certificate> {
  const extensions = {
    keyUsage: ext.keyUsage([0, 2]),
    extKeyUsage: ext.extKeyUsage([SERVER_AUTH, CLIENT_AUTH]),
    basicConstraints: ext.basicConstraints(false),
    aki: akiOf(signer),
    san: ext.san([uri('spiffe://cluster.local/ns/shop/sa/order')], true),
    ...changes.change,
  };
  const made = await forge(provider, {
    subject: '',
    signer,
    ...changes,
    extensions: Object.values(extensions),
  });
  return made.certificate;
}

export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_PURPOSE = '2.5.29.37.0';

/** Extensions with their usual criticality, which can be turned round. */
export const ext = {
  keyUsage: (positions: readonly number[], critical = true) =>
    encodeExtension('2.5.29.15', critical, namedBits(positions)),
  extKeyUsage: (oids: readonly string[], critical = false) =>
    encodeExtension('2.5.29.37', critical, seq(...oids.map((dotted) => oid(dotted)))),
  basicConstraints: (ca: boolean, pathLen: number | null = null, critical = true) =>
    encodeExtension(
      '2.5.29.19',
      critical,
      seq(...(ca ? [bool(true)] : []), ...(pathLen === null ? [] : [int(pathLen)])),
    ),
  ski: (hex: string, critical = false) => encodeExtension('2.5.29.14', critical, octets(fromHex(hex))),
  aki: (hex: string, critical = false) =>
    encodeExtension('2.5.29.35', critical, seq(contextPrimitive(0, fromHex(hex)))),
  san: (names: readonly Bytes[], critical = false) => encodeExtension('2.5.29.17', critical, seq(...names)),
  nameConstraints: (permitted: readonly Bytes[], excluded: readonly Bytes[] = [], critical = true) =>
    encodeExtension(
      '2.5.29.30',
      critical,
      seq(
        ...(permitted.length > 0 ? [contextConstructed(0, ...permitted.map((base) => seq(base)))] : []),
        ...(excluded.length > 0 ? [contextConstructed(1, ...excluded.map((base) => seq(base)))] : []),
      ),
    ),
  policies: (oids: readonly string[], critical = false) =>
    encodeExtension('2.5.29.32', critical, seq(...oids.map((dotted) => seq(oid(dotted))))),
  mappings: (pairs: readonly (readonly [string, string])[], critical = true) =>
    encodeExtension('2.5.29.33', critical, seq(...pairs.map(([from, to]) => seq(oid(from), oid(to))))),
  policyConstraints: (requireExplicit: number | null, inhibitMapping: number | null, critical = true) =>
    encodeExtension(
      '2.5.29.36',
      critical,
      seq(
        ...(requireExplicit === null ? [] : [contextPrimitive(0, Uint8Array.of(requireExplicit))]),
        ...(inhibitMapping === null ? [] : [contextPrimitive(1, Uint8Array.of(inhibitMapping))]),
      ),
    ),
  inhibitAny: (skip: number, critical = true) => encodeExtension('2.5.29.54', critical, int(skip)),
  crlPoints: (points: readonly Bytes[], critical = false) =>
    encodeExtension('2.5.29.31', critical, seq(...points)),
  unknown: (critical: boolean) => encodeExtension('1.3.6.1.4.1.99999.1', critical, octets(new Uint8Array(0))),
};

/** A DistributionPoint or the fields of an issuing one: where, for which reasons (bits), by whom. */
export const point = (
  fullName: readonly Bytes[] | null,
  reasons: readonly number[] | null = null,
  cRLIssuer: readonly Bytes[] | null = null,
): Bytes =>
  seq(
    ...(fullName === null ? [] : [contextExplicit(0, contextConstructed(0, ...fullName))]),
    ...(reasons === null ? [] : [contextPrimitive(1, namedBits(reasons).subarray(2))]),
    ...(cRLIssuer === null ? [] : [contextConstructed(2, ...cRLIssuer)]),
  );

/** GeneralNames. */
export const uri = (text: string): Bytes => contextPrimitive(6, utf8Encode(text));
export const dns = (text: string): Bytes => contextPrimitive(2, utf8Encode(text));
export const email = (text: string): Bytes => contextPrimitive(1, utf8Encode(text));
export const ip = (...octetsOf: readonly number[]): Bytes => contextPrimitive(7, Uint8Array.from(octetsOf));
export const directory = (commonName: string | Bytes): Bytes => contextConstructed(4, nameOf(commonName));

/** An otherName: a user principal name. */
export const otherName = (text: string): Bytes =>
  contextConstructed(0, oid('1.3.6.1.4.1.311.20.2.3'), contextExplicit(0, utf8String(text)));

function caExtensions(ski: string, pathLen?: number): Record<string, Bytes | null> {
  return {
    keyUsage: ext.keyUsage([5, 6]),
    basicConstraints: ext.basicConstraints(true, pathLen ?? null),
    ski: ext.ski(ski),
  };
}

function akiOf(signer: Authority): Bytes | null {
  const { ski } = signer.certificate;
  return ski === null ? null : ext.aki(ski);
}

function nameOf(commonName: string | Bytes): Bytes {
  if (typeof commonName !== 'string') return commonName;
  return commonName === '' ? seq() : encodeName(['2.5.4.3', commonName]);
}
