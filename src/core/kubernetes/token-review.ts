import type { CryptoProvider } from '../crypto/index.ts';
import type { KubernetesClaims, ServiceAccountClaims } from '../jwt/claims.ts';
import {
  INVALID_BEARER_TOKEN,
  LEEWAY_SECONDS,
  verifyServiceAccountToken,
  type TokenQuestion,
} from '../jwt/verify.ts';
import type { Check } from '../pki/index.ts';
import { serviceAccountUsername } from './token-claims.ts';

/** An object as the API server's store knows it. */
export interface StoredObject {
  readonly uid: string;
  /** Its deletionTimestamp, while it is on its way out. */
  readonly deletedAt?: Date;
}

/** What exists in the cluster at this moment; null for what does not. */
export interface ObjectLookup {
  serviceAccount(namespace: string, name: string): StoredObject | null;
  pod(namespace: string, name: string): StoredObject | null;
  node(name: string): StoredObject | null;
}

/** `status.user` of a TokenReview. */
export interface ReviewedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** `status` of a TokenReview, and how it came about. */
export interface TokenReviewStatus {
  readonly authenticated: boolean;
  readonly user?: ReviewedUser;
  /** The accepted audiences that the token names. A caller that sent audiences must check that this is not empty. */
  readonly audiences: readonly string[];
  /** What the service-account authenticator found wrong first. */
  readonly error?: string;
  /** Every check made, in order; the last one is the failure, if any. */
  readonly checks: readonly Check[];
}

/**
 * Reviews a token as the API server does: what the token says, then whether account, pod and node still are what they
 * were when it was issued (kubernetes: pkg/serviceaccount/jwt.go and claims.go). First failure wins. Deletion takes
 * effect 60 s after the deletionTimestamp.
 *
 * @param question - token, accepted audiences, issuers, the time, and what exists now
 * @returns a status; a bad token is never thrown
 */
export async function tokenReview(
  provider: CryptoProvider,
  question: TokenQuestion & { readonly lookup: ObjectLookup },
): Promise<TokenReviewStatus> {
  const verdict = await verifyServiceAccountToken(provider, question);
  const checks = [...verdict.checks];
  const refuse = (error: string) => ({ authenticated: false, audiences: [], error, checks });
  if (verdict.claims === null) return refuse(verdict.error ?? INVALID_BEARER_TOKEN);
  const error = checkObjects(verdict.claims['kubernetes.io'], question.lookup, question.now, checks);
  if (error !== null) return refuse(error);
  return { authenticated: true, user: userOf(verdict.claims), audiences: verdict.audiences, checks };
}

/**
 * `status.error` as a client sees it: the findings of all authenticators that were tried, duplicates left out.
 * A token that no authenticator recognises leaves one finding only.
 */
export function tokenReviewError(status: Pick<TokenReviewStatus, 'error'>): string | undefined {
  if (status.error === undefined || status.error === INVALID_BEARER_TOKEN) return status.error;
  return `[${INVALID_BEARER_TOKEN}, ${status.error}]`;
}

const INVALIDATED = 'service account token has been invalidated';

function checkObjects(
  bound: KubernetesClaims,
  lookup: ObjectLookup,
  now: Date,
  checks: Check[],
): string | null {
  const account = checkAccount(bound, lookup, now, checks);
  if (account !== null) return account;
  const { namespace, pod, node } = bound;
  if (pod !== undefined) {
    const found = lookup.pod(namespace, pod.name);
    return checkBound('pod', `${namespace}/${pod.name}`, pod.uid ?? '', found, now, checks);
  }
  if (node !== undefined)
    return checkBound('node', node.name, node.uid ?? '', lookup.node(node.name), now, checks);
  return null;
}

function checkAccount(
  bound: KubernetesClaims,
  lookup: ObjectLookup,
  now: Date,
  checks: Check[],
): string | null {
  const { namespace, serviceaccount } = bound;
  const { name, uid = '' } = serviceaccount;
  const account = lookup.serviceAccount(namespace, name);
  const where = `${namespace}/${name}`;
  checks.push({ id: 'token.serviceAccount', ok: account !== null, detail: where });
  if (account === null) return `serviceaccounts "${name}" not found`;
  if (!checkUid('serviceAccount', account, uid, checks)) {
    return `service account UID (${account.uid}) does not match claim (${uid})`;
  }
  return checkDeletion('serviceAccount', account, now, checks)
    ? null
    : `service account ${where} has been deleted`;
}

function checkBound(
  kind: 'pod' | 'node',
  where: string,
  uid: string,
  found: StoredObject | null,
  now: Date,
  checks: Check[],
): string | null {
  checks.push({ id: `token.${kind}`, ok: found !== null, detail: where });
  if (found === null) return INVALIDATED;
  if (!checkUid(kind, found, uid, checks)) {
    return `${kind} UID (${found.uid}) does not match service account ${kind} ref claim (${uid})`;
  }
  return checkDeletion(kind, found, now, checks) ? null : INVALIDATED;
}

function checkUid(kind: string, found: StoredObject, uid: string, checks: Check[]): boolean {
  const ok = found.uid === uid;
  checks.push({ id: `token.${kind}.uid`, ok, detail: `claim ${uid}, now ${found.uid}` });
  return ok;
}

/** Listed only for an object that is being deleted: for the others there is nothing to compare. */
function checkDeletion(kind: string, { deletedAt }: StoredObject, now: Date, checks: Check[]): boolean {
  if (deletedAt === undefined) return true;
  const ok = deletedAt.getTime() >= now.getTime() - LEEWAY_SECONDS * 1000;
  const detail = `deletionTimestamp ${deletedAt.toISOString()}, now ${now.toISOString()}, leeway ${LEEWAY_SECONDS} s`;
  checks.push({ id: `token.${kind}.deletion`, ok, detail });
  return ok;
}

function userOf(claims: ServiceAccountClaims): ReviewedUser {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const extra: [string, string | undefined][] = [
    ['credential-id', `JTI=${claims.jti}`],
    ['node-name', node?.name],
    ['node-uid', node?.uid],
    ['pod-name', pod?.name],
    ['pod-uid', pod?.uid],
  ];
  return {
    username: serviceAccountUsername(namespace, serviceaccount.name),
    uid: serviceaccount.uid ?? '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: Object.fromEntries(
      extra.flatMap(([key, value]) =>
        value === undefined ? [] : [[`authentication.kubernetes.io/${key}`, [value]]],
      ),
    ),
  };
}
