import type { Field, Scene } from './document.ts';
import { field } from './document.ts';
import type { FieldId } from './ids.ts';
import { type JsonNode, jsonAt, jsonText, jsonValue } from './json-outline.ts';
import type { JwtPart } from './jwt.ts';
import { spanText, timeText } from './values.ts';

/** Claims with a name of their own (RFC 7519 4.1). */
const REGISTERED: Readonly<Record<string, FieldId>> = {
  iss: 'jwt_issuer',
  sub: 'jwt_subject',
  aud: 'jwt_audience',
  jti: 'jwt_id',
};

const TIMES: Readonly<Record<string, FieldId>> = {
  exp: 'jwt_expires',
  nbf: 'jwt_not_before',
  iat: 'jwt_issued_at',
};

const MESH_CLAIMS: ReadonlySet<string> = new Set(['sub', 'aud']);

/** The claims of a token, in its own order, with Kubernetes' private ones opened. */
export function claimFields({ json, place }: JwtPart, scene: Scene): Field[] {
  return json.children.flatMap((member) => {
    const key = member.key ?? '';
    const at = place(member.start, member.end);
    if (key === 'kubernetes.io' && member.type === 'object') return kubernetesFields(member, place);
    if (TIMES[key] && member.type === 'number')
      return timeFields(member, json, { json, place } as JwtPart, scene);
    const value = jsonText(member) ?? JSON.stringify(jsonValue(member));
    const note = key === 'aud' && value === 'istio-ca' ? ('audience_is_istio_ca' as const) : undefined;
    const mesh = MESH_CLAIMS.has(key);
    return [
      field(REGISTERED[key] ?? 'jwt_claim', key, value, { at, mono: true, mesh, group: 'claims', note }),
    ];
  });
}

function timeFields(member: JsonNode, claims: JsonNode, { place }: JwtPart, scene: Scene): Field[] {
  const key = member.key ?? '';
  const atMs = Number(member.value) * 1000;
  const id = TIMES[key]!;
  const options = { at: place(member.start, member.end), mono: true, group: 'claims' } as const;
  if (key !== 'exp') {
    const early = scene.nowMs !== null && key === 'nbf' && atMs > scene.nowMs;
    return [
      field(id, key, timeText(atMs), {
        ...options,
        ...(early ? { tone: 'bad', note: 'not_yet_valid' } : {}),
      }),
    ];
  }
  const issued = jsonAt(claims, 'iat');
  const late = scene.nowMs !== null && atMs < scene.nowMs;
  const expired = late ? ({ tone: 'bad', note: 'expired' } as const) : {};
  const fields = [field(id, key, timeText(atMs), { ...options, mesh: true, ...expired })];
  if (issued?.type === 'number') {
    const lifetime = spanText(atMs - Number(issued.value) * 1000);
    fields.push(field('jwt_lifetime', 'Lifetime', lifetime, { group: 'claims' }));
  }
  if (scene.nowMs !== null) {
    const remaining = spanText(atMs - scene.nowMs);
    fields.push(
      field('jwt_remaining', 'Remaining', remaining, {
        group: 'claims',
        mesh: true,
        tone: late ? 'bad' : 'ok',
      }),
    );
  }
  return fields;
}

/** The private claims of a bound token: names with the UIDs that TokenReview compares. */
function kubernetesFields(member: JsonNode, place: JwtPart['place']): Field[] {
  return member.children.map((child) => {
    const options = { at: place(child.start, child.end), mono: true, group: 'claims' } as const;
    const label = `kubernetes.io.${child.key}`;
    switch (child.key) {
      case 'namespace':
        return field('jwt_namespace', label, jsonText(child) ?? '', { ...options, mesh: true });
      case 'serviceaccount':
        return field('jwt_service_account', label, boundText(child), { ...options, mesh: true });
      case 'pod':
        return field('jwt_pod', label, boundText(child), { ...options, mesh: true, note: 'bound_to_pod' });
      case 'node':
        return field('jwt_node', label, boundText(child), { ...options, note: 'node_not_checked' });
      case 'warnafter':
        return field('jwt_warn_after', label, timeText(Number(child.value) * 1000), options);
      default:
        return field('jwt_claim', label, jsonText(child) ?? JSON.stringify(jsonValue(child)), options);
    }
  });
}

function boundText(node: JsonNode): string {
  const name = jsonText(jsonAt(node, 'name')) ?? '';
  const uid = jsonText(jsonAt(node, 'uid'));
  return uid === null ? name : `${name} (uid ${uid})`;
}
