import type { AuthorizationSource } from '../kubernetes/istio/authorization-policy.ts';
import { matchesGlob, matchesValue } from './match.ts';
import { expandPrincipal } from './trust-domains.ts';

/** Who calls, and what the words of the policy mean. */
export interface Caller {
  /** SPIFFE ID of the verified peer, with `spiffe://`; null for plaintext. */
  readonly peer: string | null;
  /** The mesh's trust domain first, then its aliases. */
  readonly trustDomains: readonly string[];
  /** Where a service account without a namespace is looked for. */
  readonly policyNamespace: string;
}

/**
 * Whether a caller matches one `source`: all of its fields must hold. Without a certificate every positive identity
 * field is false and every negated one therefore true (istio: pilot/pkg/security/authz/model/generator.go; envoy:
 * source/extensions/filters/common/rbac/matchers.cc).
 */
export function matchSource(source: AuthorizationSource, caller: Caller): { ok: boolean; detail: string } {
  const parts = FIELDS.flatMap(({ field, negated, matches }) => {
    const values = source[field];
    if (values === null) return [];
    const hit = caller.peer !== null && values.some((value) => matches(value, caller.peer ?? '', caller));
    return [
      { ok: hit !== negated, detail: `${field} ${values.join(', ')} ${verb(hit)} ${shown(caller.peer)}` },
    ];
  });
  const failed = parts.find((part) => !part.ok);
  if (failed !== undefined) return failed;
  if (parts.length === 0) return { ok: true, detail: 'every source' };
  return { ok: true, detail: parts.map((part) => part.detail).join('; ') };
}

function verb(hit: boolean): string {
  return hit ? 'matches' : 'does not match';
}

function shown(peer: string | null): string {
  return peer === null ? 'a caller without an identity (plaintext)' : withoutScheme(peer);
}

function withoutScheme(id: string): string {
  return id.startsWith(SCHEME) ? id.slice(SCHEME.length) : id;
}

const SCHEME = 'spiffe://';

type Matcher = (value: string, peer: string, caller: Caller) => boolean;

const principal: Matcher = (value, peer, { trustDomains }) =>
  peer.startsWith(SCHEME) &&
  expandPrincipal(value, trustDomains).some((each) => matchesValue(each, withoutScheme(peer)));

const namespace: Matcher = (value, peer) => matchesGlob(`*/ns/${value}/*`, peer);

/** `spiffe://TD/ns/NS/…sa/SA…`, for an SA without a namespace that of the policy. */
const serviceAccount: Matcher = (value, peer, { policyNamespace }) => {
  const [first = '', second] = value.split('/');
  const [ns, account] = second === undefined ? [policyNamespace, first] : [first, second];
  const id = `${peer}/`;
  const at = id.indexOf(`/ns/${ns}/`, SCHEME.length + 1);
  return at >= 0 && id.includes(`/sa/${account}/`, at + `/ns/${ns}`.length);
};

const FIELDS: readonly {
  field: Exclude<keyof AuthorizationSource, 'unknown'>;
  negated: boolean;
  matches: Matcher;
}[] = [
  { field: 'principals', negated: false, matches: principal },
  { field: 'notPrincipals', negated: true, matches: principal },
  { field: 'namespaces', negated: false, matches: namespace },
  { field: 'notNamespaces', negated: true, matches: namespace },
  { field: 'serviceAccounts', negated: false, matches: serviceAccount },
  { field: 'notServiceAccounts', negated: true, matches: serviceAccount },
];
