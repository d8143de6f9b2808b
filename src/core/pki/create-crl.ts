import { fromHex } from '../bytes/hex.ts';
import { bits, contextExplicit, contextPrimitive, int, seq, time, tlv, TAG, uint } from '../bytes/der.ts';
import type { CryptoProvider } from '../crypto/index.ts';
import type { SigningCa } from './authority.ts';
import { type Crl, type CrlReason, crlReasonCode, parseCrl } from './crl.ts';
import { PkiError } from './error.ts';
import { encodeExtension } from './extension.ts';
import { OID } from './oid.ts';
import { sign } from './signature.ts';
import { signatureAlgorithmDer } from './signature-algorithm.ts';

/** A certificate to be listed. */
export interface Revocation {
  /** Lower-case hex, as `Certificate.serialNumber`. */
  readonly serialNumber: string;
  readonly revokedAt: Date;
  /** Left out where unspecified, as RFC 5280 5.3.1 asks. */
  readonly reason?: CrlReason;
}

export interface CrlOptions {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Grows by one with every list of this CA; from 0. */
  readonly crlNumber: number;
  readonly revoked: readonly Revocation[];
}

/**
 * A complete CRL of version 2 (RFC 5280 section 5) over all that `ca` has issued, with the number and the authority
 * key identifier that the profile wants.
 *
 * @throws PkiError where the CA's own certificate does not let it sign lists, as istiod's self-signed root (RFC 5280 4.2.1.3)
 */
export async function createCrl(provider: CryptoProvider, ca: SigningCa, options: CrlOptions): Promise<Crl> {
  const { thisUpdate, nextUpdate, crlNumber, revoked } = options;
  const { keyUsage, subject, ski } = ca.certificate;
  if (!(keyUsage?.includes('cRLSign') ?? true)) {
    const message = `CRL: ${subject.toString()} may not sign one: keyUsage has ${keyUsage!.join(', ')} and not cRLSign`;
    throw new PkiError('crl.signer', message);
  }
  const algorithm = signatureAlgorithmDer(ca.keyPair.keyType);
  const extensions = [
    ...(ski === null
      ? []
      : [encodeExtension(OID.authorityKeyIdentifier, false, seq(contextPrimitive(0, fromHex(ski))))]),
    encodeExtension(OID.cRLNumber, false, int(crlNumber)),
  ];
  const tbs = seq(
    int(1),
    algorithm,
    subject.der,
    time(thisUpdate),
    time(nextUpdate),
    // An empty list is left out (RFC 5280 5.1.2.6).
    ...(revoked.length === 0 ? [] : [seq(...revoked.map(encodeEntry))]),
    contextExplicit(0, seq(...extensions)),
  );
  return parseCrl(seq(tbs, algorithm, bits(await sign(provider, ca.keyPair.privateKey, tbs))));
}

function encodeEntry({ serialNumber, revokedAt, reason }: Revocation): Uint8Array {
  const serial = uint(fromHex(serialNumber.padStart(serialNumber.length + (serialNumber.length % 2), '0')));
  if (reason === undefined || reason === 'unspecified') return seq(serial, time(revokedAt));
  const code = tlv(TAG.enumerated, Uint8Array.of(crlReasonCode(reason)));
  return seq(serial, time(revokedAt), seq(encodeExtension(OID.cRLReason, false, code)));
}
