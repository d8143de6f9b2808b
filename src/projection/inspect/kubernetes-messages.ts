/** TokenRequest and TokenReview (authentication.k8s.io/v1) and key sets (RFC 7517). */
import { jsonAt, jsonText, type JsonNode } from './json-outline.ts';
import { type Field, field, type InspectedDocument, type Scene } from './document.ts';
import { jsonDocument, memberField } from './json-document.ts';
import { shellWord } from './proof.ts';
import { tokenFieldsAt } from './caller.ts';
import { spanText } from './values.ts';

/** What kubelet asks the API server for, or what it gets: a token for a pod, or a failure. */
export function inspectTokenRequest(bytes: Uint8Array, root: JsonNode, scene: Scene): InspectedDocument {
  const isAnswer = jsonAt(root, 'status') !== undefined;
  const seconds = jsonAt(root, 'spec', 'expirationSeconds');
  const fields = [
    ...memberField(root, ['spec', 'audiences'], 'request_audiences', 'spec.audiences', { mesh: true }),
    ...(seconds
      ? [
          field(
            'request_expiration',
            'spec.expirationSeconds',
            `${seconds.value} s = ${spanText(Number(seconds.value) * 1000)}`,
            {
              at: { start: seconds.start, end: seconds.end },
              mesh: true,
            },
          ),
        ]
      : []),
    ...memberField(root, ['spec', 'boundObjectRef'], 'request_bound_object', 'spec.boundObjectRef', {
      mesh: true,
    }),
    ...memberField(
      root,
      ['status', 'expirationTimestamp'],
      'request_expires_at',
      'status.expirationTimestamp',
      { mesh: true },
    ),
    ...tokenFields(root, ['status', 'token'], 'request_token', 'status.token', scene),
    ...failureFields(root),
  ];
  return jsonDocument(
    'token-request',
    isAnswer ? 'TokenRequest status' : 'TokenRequest',
    bytes,
    root,
    fields,
  );
}

/** What istiod asks the API server about a token, or what it learns. */
export function inspectTokenReview(bytes: Uint8Array, root: JsonNode, scene: Scene): InspectedDocument {
  const isAnswer = jsonAt(root, 'status') !== undefined;
  const accepted = jsonAt(root, 'status', 'authenticated')?.value === true;
  const user = ['status', 'user'];
  const extra = [...user, 'extra'];
  const member = memberField.bind(null, root);
  const mesh = true;
  const fields = [
    ...tokenFields(root, ['spec', 'token'], 'review_token', 'spec.token', scene),
    ...member(['spec', 'audiences'], 'review_audiences', 'spec.audiences', { mesh }),
    ...member(['status', 'authenticated'], 'review_authenticated', 'status.authenticated', {
      mesh,
      tone: accepted ? 'ok' : 'bad',
    }),
    ...member([...user, 'username'], 'review_username', 'status.user.username', { mesh }),
    ...member([...user, 'uid'], 'review_uid', 'status.user.uid'),
    ...member([...user, 'groups'], 'review_groups', 'status.user.groups'),
    ...podField(root, extra),
    ...member([...extra, 'authentication.kubernetes.io/node-name'], 'review_node', 'node-name'),
    ...member([...extra, 'authentication.kubernetes.io/credential-id'], 'review_credential', 'credential-id'),
    ...member(['status', 'audiences'], 'review_accepted_audiences', 'status.audiences', { mesh }),
    ...member(['status', 'error'], 'review_error', 'status.error', { mesh, tone: 'bad' }),
  ];
  const file = `${scene.fileName}.json`;
  const command = `kubectl create -o yaml -f ${shellWord(file)}`;
  const proof = isAnswer
    ? []
    : [{ id: 'token_review', tool: 'kubectl', command, file, content: 'text' } as const];
  return jsonDocument('token-review', isAnswer ? 'TokenReview status' : 'TokenReview', bytes, root, fields, {
    proof,
  });
}

/** A key set: what verifies tokens. */
export function inspectJwks(bytes: Uint8Array, root: JsonNode, scene: Scene): InspectedDocument {
  const keys = jsonAt(root, 'keys')?.children ?? [];
  const file = `${scene.fileName}.json`;
  const command = `jq -r '.keys[] | [.kid, .kty, .alg] | @tsv' ${shellWord(file)}`;
  const fields = keys.flatMap((_, index) => {
    const member = (name: string, id: Field['id'], options = {}): Field[] =>
      memberField(root, ['keys', index, name], id, `keys[${index}].${name}`, options);
    return [
      ...member('kid', 'jwks_key_id', { mesh: true }),
      ...member('kty', 'jwks_key_type'),
      ...member('alg', 'jwks_algorithm'),
      ...member('use', 'jwks_use'),
      ...['n', 'e', 'crv', 'x', 'y'].flatMap((name) => member(name, 'jwks_public_key')),
    ];
  });
  return jsonDocument(
    'jwks',
    `JWKS, ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`,
    bytes,
    root,
    fields,
    {
      proof: [{ id: 'jwks_keys', tool: 'jq', command, file, content: 'text' }],
    },
  );
}

function tokenFields(
  root: JsonNode,
  path: readonly string[],
  id: Field['id'],
  label: string,
  scene: Scene,
): Field[] {
  const node = jsonAt(root, ...path);
  if (node?.type !== 'string') return [];
  const token = String(node.value);
  const at = { start: node.start, end: node.end };
  const own = field(id, label, `${token.length} characters`, { at, mesh: true, link: scene.refs['token'] });
  return [own, ...tokenFieldsAt(token, node.valueStart + 1, scene)];
}

function podField(root: JsonNode, extra: readonly string[]): Field[] {
  const name = jsonAt(root, ...extra, 'authentication.kubernetes.io/pod-name');
  const uid = jsonText(jsonAt(root, ...extra, 'authentication.kubernetes.io/pod-uid'));
  if (!name) return [];
  const value = `${jsonText(name) ?? ''}${uid === null ? '' : ` (uid ${uid})`}`;
  return [
    field('review_pod', 'pod-name', value, {
      at: { start: name.start, end: name.end },
      mono: true,
      mesh: true,
    }),
  ];
}

/** A Status object in place of an answer. */
function failureFields(root: JsonNode): Field[] {
  if (jsonText(jsonAt(root, 'kind')) !== 'Status') return [];
  const code = jsonText(jsonAt(root, 'code'));
  return memberField(root, ['message'], 'status_message', `Status ${code ?? ''}`.trimEnd(), {
    tone: 'bad',
    mesh: true,
  });
}
