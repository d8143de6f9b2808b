/** What the token that goes with a call says about the caller. */
import { utf8Decode } from '../../core/bytes/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import { type Field, field, type Scene } from './document.ts';
import type { FieldId } from './ids.ts';
import { jsonAt, jsonText } from './json-outline.ts';
import { claimFields } from './jwt-claims.ts';
import { type JwtParts, JwtFormError, splitJwt } from './jwt.ts';

const SHOWN: ReadonlySet<FieldId> = new Set([
  'jwt_subject',
  'jwt_audience',
  'jwt_pod',
  'jwt_expires',
  'jwt_remaining',
] as const);

export interface Caller {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly fields: readonly Field[];
}

/**
 * Caller of a CreateCertificate call by its token; null where the token is not at hand or unreadable. The token
 * travels in a header, so the fields have no bytes in the message.
 */
export function callerOf(scene: Scene): Caller | null {
  const id = scene.refs['token'];
  const bytes = id === undefined ? null : scene.bytesOf(id);
  const parts = bytes ? tokenParts(utf8Decode(bytes).trimEnd()) : null;
  if (!parts || id === undefined) return null;
  const subject = jsonText(jsonAt(parts.payload.json, 'sub')) ?? '';
  const [, kind, namespace = '', serviceAccount = ''] = subject.split(':');
  const identity = kind === 'serviceaccount' ? [identityField(namespace, serviceAccount)] : [];
  const claims = claimsShown(parts, id, scene).map((one) => ({ ...one, start: null, end: null }));
  return { namespace, serviceAccount, fields: [...identity, ...claims] };
}

/** The claims of `token` that say who calls, for how long, and to whom; `offset` of the token in the document. */
export function tokenFieldsAt(token: string, offset: number, scene: Scene): Field[] {
  const parts = tokenParts(token);
  if (!parts) return [];
  return claimsShown(parts, scene.refs['token'], scene).map((one) => ({
    ...one,
    group: 'claims',
    start: one.start === null ? null : one.start + offset,
    end: one.end === null ? null : one.end + offset,
  }));
}

function identityField(namespace: string, serviceAccount: string): Field {
  const path = `/ns/${namespace}/sa/${serviceAccount}`;
  return field('ca_caller', 'Identity from the token', path, { mono: true, mesh: true, group: 'caller' });
}

function claimsShown(parts: JwtParts, link: ArtefactId | undefined, scene: Scene): Field[] {
  const shown = claimFields(parts.payload, scene).filter(({ id }) => SHOWN.has(id));
  return shown.map((one) => ({ ...one, group: 'caller', ...(link === undefined ? {} : { link }) }));
}

function tokenParts(token: string): JwtParts | null {
  try {
    return splitJwt(token);
  } catch (error) {
    if (error instanceof JwtFormError) return null;
    throw error;
  }
}
