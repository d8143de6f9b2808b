/** A pointer to whatever the mesh's own trust domain is, in every policy. */
const OWN = 'cluster.local';

/**
 * The principals a written one stands for: with the mesh's trust domain or one of its aliases (or `cluster.local`,
 * which always means "ours") it stands for the same account in all of them (istio:
 * pilot/pkg/security/trustdomain/bundle.go, ReplaceTrustDomainAliases).
 *
 * @param principal - `TD/ns/NS/sa/SA`, without `spiffe://`, wildcards allowed
 * @param trustDomains - the mesh's trust domain first, then its aliases
 */
export function expandPrincipal(principal: string, trustDomains: readonly string[]): string[] {
  const [written, ...rest] = principal.split('/');
  if (written === undefined || rest.length !== 4 || written === '*') return [principal];
  if (written !== OWN && !trustDomains.some((domain) => matchesDomain(written, domain))) return [principal];
  const expanded = trustDomains.map((domain) =>
    written.startsWith('*') && matchesDomain(written, domain) ? principal : [domain, ...rest].join('/'),
  );
  return [...new Set(expanded)];
}

function matchesDomain(written: string, domain: string): boolean {
  if (written.startsWith('*')) return domain.endsWith(written.slice(1));
  return written.endsWith('*') ? domain.startsWith(written.slice(0, -1)) : domain === written;
}
