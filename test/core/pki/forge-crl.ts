import { type Bytes } from '../../../src/core/bytes/bytes.ts';
import {
  bits,
  bool,
  contextConstructed,
  contextExplicit,
  contextPrimitive,
  int,
  namedBits,
  seq,
  time,
  tlv,
} from '../../../src/core/bytes/der.ts';
import { fromHex } from '../../../src/core/bytes/hex.ts';
import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import { type Certificate, type Crl, parseCrl, sign } from '../../../src/core/pki/index.ts';
import { encodeExtension } from '../../../src/core/pki/extension.ts';
import { signatureAlgorithmDer } from '../../../src/core/pki/signature-algorithm.ts';
import type { Authority } from './forge.ts';

export interface ForgedEntry {
  readonly certificate: Certificate;
  readonly reason?: number;
  /** Names another issuer, critically, as indirect CRLs do. */
  readonly issuer?: Bytes;
  readonly extensions?: readonly Bytes[];
}

/** Everything about a CRL that a test may want to be wrong. */
export interface CrlTemplate {
  readonly signer: Authority;
  /** Name; the signer's subject unless given. */
  readonly issuer?: Bytes;
  readonly thisUpdate?: string;
  readonly nextUpdate?: string | null;
  readonly revoked?: readonly ForgedEntry[];
  /** Null leaves it out. */
  readonly number?: number | null;
  readonly numberCritical?: boolean;
  readonly idp?: IdpFields;
  /** Makes it a delta CRL over this base. */
  readonly base?: number;
  readonly extensions?: readonly Bytes[];
  readonly algorithm?: Bytes;
  readonly tamper?: (signature: Uint8Array) => Uint8Array;
}

export interface IdpFields {
  readonly fullName?: readonly Bytes[];
  readonly userCerts?: boolean;
  readonly caCerts?: boolean;
  readonly attributeCerts?: boolean;
  /** Bits of ReasonFlags. */
  readonly reasons?: readonly number[];
  readonly indirect?: boolean;
}

/** Writes whatever the template says; nothing is checked. */
export async function forgeCrl(provider: CryptoProvider, template: CrlTemplate): Promise<Crl> {
  const { signer, number = 1, revoked = [], nextUpdate = '2026-03-09T00:00:00Z' } = template;
  const algorithm = template.algorithm ?? signatureAlgorithmDer(signer.key.keyType);
  const { ski } = signer.certificate;
  const extensions = [
    ...(ski === null ? [] : [encodeExtension('2.5.29.35', false, seq(contextPrimitive(0, fromHex(ski))))]),
    ...(number === null ? [] : [encodeExtension('2.5.29.20', template.numberCritical ?? false, int(number))]),
    ...(template.idp === undefined ? [] : [encodeExtension('2.5.29.28', true, encodeIdp(template.idp))]),
    ...(template.base === undefined ? [] : [encodeExtension('2.5.29.27', true, int(template.base))]),
    ...(template.extensions ?? []),
  ];
  const tbs = seq(
    int(1),
    algorithm,
    template.issuer ?? signer.certificate.subject.der,
    time(new Date(template.thisUpdate ?? '2026-03-01T00:00:00Z')),
    ...(nextUpdate === null ? [] : [time(new Date(nextUpdate))]),
    ...(revoked.length === 0 ? [] : [seq(...revoked.map(encodeEntry))]),
    ...(extensions.length === 0 ? [] : [contextExplicit(0, seq(...extensions))]),
  );
  const signature = await sign(provider, signer.key.privateKey, tbs);
  return parseCrl(seq(tbs, algorithm, bits(template.tamper?.(signature) ?? signature)));
}

function encodeEntry({ certificate, reason, issuer, extensions = [] }: ForgedEntry): Bytes {
  const hex = certificate.serialNumber;
  const serial = int(BigInt(`0x${hex}`));
  const own = [
    ...(reason === undefined ? [] : [encodeExtension('2.5.29.21', false, tlv(0x0a, Uint8Array.of(reason)))]),
    ...(issuer === undefined ? [] : [encodeExtension('2.5.29.29', true, seq(contextConstructed(4, issuer)))]),
    ...extensions,
  ];
  const revokedAt = time(new Date('2026-03-01T12:00:00Z'));
  return own.length === 0 ? seq(serial, revokedAt) : seq(serial, revokedAt, seq(...own));
}

function encodeIdp(idp: IdpFields): Bytes {
  const flag = (n: number, set = false) => (set ? [contextPrimitive(n, bool(true).subarray(2))] : []);
  return seq(
    ...(idp.fullName === undefined ? [] : [contextExplicit(0, contextConstructed(0, ...idp.fullName))]),
    ...flag(1, idp.userCerts),
    ...flag(2, idp.caCerts),
    ...(idp.reasons === undefined ? [] : [contextPrimitive(3, namedBits(idp.reasons).subarray(2))]),
    ...flag(4, idp.indirect),
    ...flag(5, idp.attributeCerts),
  );
}
