import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import type { CryptoProvider } from '../../../../src/core/crypto/index.ts';
import { type Authority, ext, intermediate, leaf, root } from '../forge.ts';
import type { Presented } from '../presented.ts';

type Changes = NonNullable<Parameters<typeof intermediate>[2]>;

/** What a CA's or a leaf's certificate says beside the usual. */
export interface CertificateSpec extends Omit<Changes, 'change'> {
  readonly policies?: readonly string[];
  readonly mappings?: readonly (readonly [string, string])[];
  readonly requireExplicit?: number;
  readonly inhibitMapping?: number;
  readonly inhibitAny?: number;
  readonly permitted?: readonly Bytes[];
  readonly excluded?: readonly Bytes[];
  readonly san?: readonly Bytes[];
  /** Issuer and subject are the same name, the key is new. */
  readonly isSelfIssued?: boolean;
  readonly change?: Readonly<Record<string, Bytes | null>>;
}

/** The CAs below the root, top down, and the leaf. */
export interface ChainSpec {
  readonly root?: CertificateSpec;
  readonly cas: readonly CertificateSpec[];
  readonly leaf?: CertificateSpec;
}

/** A chain that was built, with the authorities that can sign more. */
export interface BuiltChain {
  readonly presented: Presented;
  readonly top: Authority;
  /** Top down. */
  readonly cas: readonly Authority[];
}

/** Issues everything from the root down. */
export async function buildChain(provider: CryptoProvider, spec: ChainSpec): Promise<BuiltChain> {
  const top = await root(provider, changesOf(spec.root ?? {}));
  const cas: Authority[] = [];
  let signer = top;
  for (const [index, ca] of spec.cas.entries()) {
    const subject = ca.isSelfIssued ? signer.certificate.subject.der : `CA ${index + 1}`;
    const serial = Uint8Array.of(1, index);
    signer = await intermediate(provider, signer, { subject, serial, ...changesOf(ca) });
    cas.push(signer);
  }
  const isSelfIssued = spec.leaf?.isSelfIssued ?? false;
  const subject = isSelfIssued ? { subject: signer.certificate.subject.der } : {};
  const end = await leaf(provider, signer, { ...subject, ...changesOf(spec.leaf ?? {}) });
  const chain = [end, ...cas.map(({ certificate }) => certificate).reverse()];
  return { presented: { chain, roots: [top.certificate] }, top, cas };
}

/** {@link buildChain} as a case's builder, with what the verifier is told beside. */
export const chainOf =
  (spec: ChainSpec, rules: Partial<Presented> = {}) =>
  async (provider: CryptoProvider): Promise<Presented> => ({
    ...(await buildChain(provider, spec)).presented,
    ...rules,
  });

function changesOf(spec: CertificateSpec): Changes {
  const { policies, mappings, requireExplicit, inhibitMapping, inhibitAny, permitted, excluded, san } = spec;
  const { isSelfIssued: _, change = {}, ...rest } = spec;
  const own: Record<string, Bytes | null> = {};
  if (policies !== undefined) own['policies'] = ext.policies(policies);
  if (mappings !== undefined) own['mappings'] = ext.mappings(mappings);
  if (requireExplicit !== undefined || inhibitMapping !== undefined)
    own['policyConstraints'] = ext.policyConstraints(requireExplicit ?? null, inhibitMapping ?? null);
  if (inhibitAny !== undefined) own['inhibitAny'] = ext.inhibitAny(inhibitAny);
  if (permitted !== undefined || excluded !== undefined)
    own['nameConstraints'] = ext.nameConstraints(permitted ?? [], excluded ?? []);
  if (san !== undefined) own['san'] = san.length === 0 ? null : ext.san(san, true);
  return { ...rest, change: { ...own, ...change } };
}
