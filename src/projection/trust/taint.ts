import type { ArtefactId } from '../../trace/artefact.ts';
import type { CaCertificate, TrustState } from './model.ts';

/** What a thief can speak for: keys they hold, and whatever such a key has certified. */
export interface Taint {
  /** Private keys of CAs that were stolen or made by a thief. */
  readonly stolenKeys: ReadonlySet<ArtefactId>;
  /** Keys below a stolen one: not stolen themselves, but anybody may be put beside them. */
  readonly belowKeys: ReadonlySet<ArtefactId>;
  /** Certificates of CAs that a stolen key, or one below it, has signed. */
  readonly certificates: ReadonlySet<ArtefactId>;
}

export function taintOf({ authorities, stolen }: TrustState): Taint {
  const all = [...authorities.values()].flatMap(({ certificates }) => certificates);
  const keyOf = new Map(all.map(({ artefact, key }) => [artefact, key]));
  const stolenKeys = new Set(
    [...stolen.values()].filter((each) => each.of === 'authority').map(({ key }) => key),
  );
  for (const certificate of all) if (certificate.byAttacker) stolenKeys.add(certificate.key);
  const belowKeys = new Set<ArtefactId>();
  const certificates = new Set<ArtefactId>();
  const isUnder = ({ issuerCertificate }: CaCertificate): boolean => {
    const key = issuerCertificate === null ? undefined : keyOf.get(issuerCertificate);
    return key !== undefined && (stolenKeys.has(key) || belowKeys.has(key));
  };
  // Certificates may have been signed in any order: until a round finds no more.
  for (let found = true; found;) {
    const under = all.filter((each) => !certificates.has(each.artefact) && isUnder(each));
    found = under.length > 0;
    for (const each of under) {
      certificates.add(each.artefact);
      if (!stolenKeys.has(each.key)) belowKeys.add(each.key);
    }
  }
  return { stolenKeys, belowKeys, certificates };
}
