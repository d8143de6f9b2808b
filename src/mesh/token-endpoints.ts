import { utf8Decode, utf8Encode } from '../core/bytes/index.ts';
import {
  boundTokenClaims,
  tokenReview,
  tokenReviewError,
  type TokenReviewStatus,
} from '../core/kubernetes/index.ts';
import { signServiceAccountToken } from '../core/jwt/index.ts';
import { isoSeconds } from '../core/time/iso.ts';
import { podOfUser } from './pod-names.ts';
import { post, worldDate, type Incoming, type World } from './world.ts';

interface TokenRequestBody {
  readonly spec: {
    readonly audiences: readonly string[];
    readonly expirationSeconds: number;
    readonly boundObjectRef: { readonly kind: 'Pod'; readonly name: string; readonly uid: string };
  };
}

interface TokenReviewBody {
  readonly spec: { readonly token: string; readonly audiences: readonly string[] };
}

const tokenPath = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts\/([^/]+)\/token$/;

/** `POST …/serviceaccounts/SA/token`: checks the bound object and signs a token with the API server's key. */
export function serveTokenRequest(world: World, incoming: Incoming): void {
  const path = tokenPath.exec(incoming.meta.headers?.[':path'] ?? '');
  const body = JSON.parse(utf8Decode(incoming.payload)) as TokenRequestBody;
  const namespace = path?.[1] ?? '';
  const account = path?.[2] ?? '';
  const failure = refuseTokenRequest(world, namespace, account, body);
  if (failure !== null) {
    answer(
      world,
      incoming,
      { kind: 'Status', status: 'Failure', message: failure.message, code: failure.code },
      {},
    );
    return;
  }
  const record = world.cluster.pods.get(`${namespace}/${body.spec.boundObjectRef.name}`);
  const serviceAccount = world.cluster.serviceAccounts.get(`${namespace}/${account}`);
  if (record === undefined || serviceAccount === undefined) throw new Error('checked above');
  const claims = boundTokenClaims({
    issuer: world.issuer.issuer,
    audiences: body.spec.audiences,
    namespace,
    serviceAccount: { name: account, uid: serviceAccount.uid },
    pod: { name: record.name, uid: record.uid },
    node: { name: record.node, uid: world.cluster.nodes.get(record.node)?.uid ?? '' },
    nowMs: world.epochMs + world.clock.now(),
    ttlSeconds: body.spec.expirationSeconds,
    jti: world.chance('api-server').uuid(),
  });
  world.gate.run(
    'token.sign',
    () => signServiceAccountToken(world.provider, world.issuer, claims),
    (result) => {
      if (!result.ok) throw result.error;
      const artefact = world.artefacts.put({
        kind: 'token',
        owner: incoming.from,
        pod: record.pod,
        bytes: utf8Encode(result.value),
        refs: { jwks: world.jwksArtefact },
      });
      const status = {
        token: result.value,
        expirationTimestamp: isoSeconds(new Date(claims.exp * 1000)),
      };
      answer(
        world,
        incoming,
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', status },
        { token: artefact },
      );
    },
  );
}

function refuseTokenRequest(
  world: World,
  namespace: string,
  account: string,
  body: TokenRequestBody,
): { code: number; message: string } | null {
  const { name, uid } = body.spec.boundObjectRef;
  if (!world.cluster.serviceAccounts.has(`${namespace}/${account}`)) {
    return { code: 404, message: `serviceaccounts "${account}" not found` };
  }
  const record = world.cluster.pods.get(`${namespace}/${name}`);
  if (record === undefined) return { code: 404, message: `pods "${name}" not found` };
  if (record.serviceAccount !== account) {
    return {
      code: 400,
      message: `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
    };
  }
  if (record.uid !== uid) {
    return {
      code: 409,
      message:
        `the UID in the bound object reference (${uid}) does not match the UID in record. ` +
        'The object might have been deleted and then recreated',
    };
  }
  return null;
}

/** `POST /apis/authentication.k8s.io/v1/tokenreviews`: the one place where deletion of a pod or account is noticed. */
export function serveTokenReview(world: World, incoming: Incoming): void {
  const body = JSON.parse(utf8Decode(incoming.payload)) as TokenReviewBody;
  const { cluster } = world;
  world.gate.run(
    'token.review',
    () =>
      tokenReview(world.provider, {
        token: body.spec.token,
        audiences: body.spec.audiences,
        issuers: [world.issuer],
        now: worldDate(world),
        lookup: {
          serviceAccount: (namespace, name) => cluster.serviceAccounts.get(`${namespace}/${name}`) ?? null,
          pod: (namespace, name) => {
            const record = cluster.pods.get(`${namespace}/${name}`);
            if (record === undefined) return null;
            const deletedAt =
              record.deletionAtMs === null
                ? {}
                : { deletedAt: new Date(world.epochMs + record.deletionAtMs) };
            return { uid: record.uid, ...deletedAt };
          },
          node: (name) => cluster.nodes.get(name) ?? null,
        },
      }),
    (result) => {
      if (!result.ok) throw result.error;
      const review = result.value;
      world.trace.append('api-server', 'token.reviewed', {
        authenticated: review.authenticated,
        pod: podOfUser(review),
        username: review.authenticated ? (review.user?.username ?? null) : null,
        error: review.error ?? null,
        checks: review.checks,
      });
      answer(world, incoming, tokenReviewObject(review), {});
    },
  );
}

function tokenReviewObject(review: TokenReviewStatus): object {
  const status = review.authenticated
    ? { authenticated: true, user: review.user, audiences: review.audiences }
    : { authenticated: false, error: tokenReviewError(review) };
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status };
}

function answer(
  world: World,
  incoming: Incoming,
  body: object,
  refs: Readonly<Record<string, string>>,
): void {
  post(world, {
    from: 'api-server',
    to: incoming.from,
    protocol: incoming.protocol,
    label: `${incoming.protocol} answer`,
    kind: incoming.protocol === 'TokenReview' ? 'token-review' : 'token-request',
    pod: null,
    payload: utf8Encode(JSON.stringify(body)),
    stream: incoming.meta.stream,
    refs,
  });
}
