import { ByteWriter, equalBytes } from '../../bytes/index.ts';
import type { Extension } from '../extensions/extension.ts';
import { extensionCode } from '../extensions/registry.ts';
import { writeExtensions } from '../extensions/write.ts';

/**
 * What may change after a HelloRetryRequest: padding, pre_shared_key, early_data, cookie, key_share, and
 * encrypted_client_hello, which is sealed anew (RFC 9849 section 6.1.5).
 */
const MAY_CHANGE: ReadonlySet<number> = new Set([21, 41, 42, 44, 51, 0xfe0d]);

/** The number of an extension that a second ClientHello has otherwise than the first; null where there is none. */
export function changedExtension(first: readonly Extension[], second: readonly Extension[]): number | null {
  const before = new Map(first.map((extension) => [extensionCode(extension), extension]));
  for (const extension of second) {
    const code = extensionCode(extension);
    const old = before.get(code);
    before.delete(code);
    if (!MAY_CHANGE.has(code) && (old === undefined || !isSame(old, extension))) return code;
  }
  return [...before.keys()].find((code) => !MAY_CHANGE.has(code)) ?? null;
}

function isSame(one: Extension, other: Extension): boolean {
  return equalBytes(encoded(one), encoded(other));
}

function encoded(extension: Extension): Uint8Array {
  const writer = new ByteWriter({ spans: false });
  writeExtensions(writer, [extension]);
  return writer.toBytes();
}
