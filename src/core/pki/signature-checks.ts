import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import type { PublicKeyInfo } from './key-type.ts';
import { type SignatureVerdict, verifySignature } from './signature.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

/** Signatures checked for one chain. Enough for a thousand issuers of one name, and about a second of P-256. */
const MAX_SIGNATURES = 2048;

/** What carries a signature: a certificate, a list, a response. */
export interface Signed {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/** `refused`: the algorithm is not accepted, whoever signed; `limit`: the budget is used up. */
type Outcome = SignatureVerdict | 'refused' | 'limit';

/** The signature checks of one verification: none is made twice, and there is an end to them. */
export class SignatureChecks {
  readonly #provider: CryptoProvider;
  readonly #made = new Map<Signed, Map<string, Promise<Outcome>>>();
  #left = MAX_SIGNATURES;

  constructor(provider: CryptoProvider) {
    this.#provider = provider;
  }

  /** Name of the limit, for the refusal. */
  static readonly limit = `${MAX_SIGNATURES} signatures`;

  /** Whether `signed` was signed with the key of `issuer`. */
  check(signed: Signed, issuer: Certificate): Promise<Outcome> {
    const { scheme } = signed.signatureAlgorithm;
    if (scheme.kind === 'refused') return Promise.resolve('refused');
    const { publicKey } = issuer;
    if (!fits(scheme.kind, publicKey)) return Promise.resolve('wrong-key');
    if (publicKey.kind === 'rsa' && publicKey.unusable !== null) return Promise.resolve('bad-key');
    let made = this.#made.get(signed);
    if (made === undefined) this.#made.set(signed, (made = new Map<string, Promise<Outcome>>()));
    const key = this.keyOf(issuer);
    let outcome = made.get(key);
    if (outcome === undefined) {
      if (this.#left-- <= 0) return Promise.resolve('limit');
      outcome = verifySignature(this.#provider, {
        spki: issuer.spki,
        key: publicKey,
        scheme,
        data: signed.tbs,
        signature: signed.signature,
        reuseKey: true,
      });
      made.set(key, outcome);
    }
    return outcome;
  }

  /** Bytes of a key as text: renewed certificates share one. */
  keyOf(certificate: Certificate): string {
    let key = keys.get(certificate);
    if (key === undefined) {
      // A long key may be more arguments than a call takes.
      key = '';
      for (const octet of certificate.spki) key += String.fromCharCode(octet);
      keys.set(certificate, key);
    }
    return key;
  }
}

/** A memo: certificates do not change. */
const keys = new WeakMap<Certificate, string>();

function fits(scheme: string, { kind }: PublicKeyInfo): boolean {
  if (scheme === 'ecdsa') return kind === 'ec';
  return scheme === 'ed25519' ? kind === 'ed25519' : kind === 'rsa';
}
