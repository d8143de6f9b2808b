import { fromBase64 } from '../../bytes/base64.ts';
import { utf8Encode } from '../../bytes/bytes.ts';
import type { Fields } from '../fields.ts';

const KEY = /^[-._a-zA-Z0-9]+$/;

/** Reads `data` of a ConfigMap. */
export function readConfigData(object: Fields): Record<string, string> {
  const data = object.stringMap('data');
  checkKeys(object, 'data', Object.keys(data));
  return data;
}

/** Reads `data` (base64) and `stringData` of a Secret into bytes; `stringData` wins, as in the API server. */
export function readSecretData(object: Fields): Record<string, Uint8Array> {
  const values = new Map<string, Uint8Array>();
  const encoded = object.stringMap('data');
  checkKeys(object, 'data', Object.keys(encoded));
  for (const [key, text] of Object.entries(encoded)) {
    const bytes = decode(text);
    if (bytes !== null) values.set(key, bytes);
    else {
      const hint = 'give plain text under stringData instead';
      object.fields('data')?.error(key, 'secret.base64', `data.${key} must be base64`, { hint });
    }
  }
  const plain = object.stringMap('stringData');
  checkKeys(object, 'stringData', Object.keys(plain));
  for (const [key, text] of Object.entries(plain)) values.set(key, utf8Encode(text));
  return Object.fromEntries(values);
}

function decode(text: string): Uint8Array | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

function checkKeys(object: Fields, field: string, keys: readonly string[]) {
  for (const key of keys) {
    if (key.length <= 253 && KEY.test(key) && key !== '.' && !key.startsWith('..')) continue;
    object
      .fields(field)
      ?.error(
        key,
        'data.key',
        `${field}: Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
        { value: key },
      );
  }
}
