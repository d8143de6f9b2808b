import { type ChainError, type SpiffePeerError, tlsVerdict } from '../../core/pki/index.ts';
import { instantText } from './instant.ts';
import type { Refusal } from './walk-model.ts';

/** A refusal as the parts of a sentence: what was asked, what was found, whose it is. */
export function refusalOf(error: ChainError | SpiffePeerError): Refusal {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(error)) {
    if (key !== 'kind') values[key] = textOf(value);
  }
  return { kind: error.kind, variant: variantOf(error), values, tls: tlsVerdict(error) };
}

function variantOf(error: ChainError | SpiffePeerError): string | null {
  switch (error.kind) {
    case 'unknown-issuer':
      return error.sameNameKeyIds.length > 0 ? 'other-key' : null;
    case 'signature-algorithm-refused':
    case 'key-refused':
    case 'not-a-ca':
      return error.reason;
    case 'malformed-certificate':
      return error.rule;
    case 'policy-required':
      return error.found.length === 0 ? 'none' : null;
    case 'revoked':
      return error.reason === null ? null : 'reason';
    default:
      return null;
  }
}

function textOf(value: unknown): string {
  if (value instanceof Date) return instantText(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(textOf).join(', ');
  return value === null || value === undefined ? '–' : String(value);
}
