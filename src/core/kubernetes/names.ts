import { utf8Encode } from '../bytes/index.ts';
import { sortedJson } from '../jwt/sorted-json.ts';
import type { PodTemplate } from './resources.ts';

/** Letters and digits of generated names: no vowels, no 0, 1 or 3 (apimachinery: pkg/util/rand). */
export const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The `pod-template-hash` of a template: the decimal text of a 32-bit hash with each digit replaced by a letter of
 * {@link NAME_ALPHABET}, so that only ten characters ever appear (kubernetes: pkg/controller/controller_utils.go,
 * ComputeHash). Equal templates give equal hashes: rolling back brings an old name back.
 *
 * Simplified: Kubernetes hashes Go's own dump of the template, which cannot be reproduced outside Go; here it is a
 * canonical JSON text. Names have the right form and change when they should, but differ from a real cluster's.
 *
 * @returns 8 to 10 characters in all but one of a hundred cases, fewer otherwise
 */
export function replicaSetHash(template: PodTemplate): string {
  const { labels, annotations } = template.metadata;
  const text = sortedJson({ metadata: { labels, annotations }, spec: template.spec.raw });
  return safeEncode(String(fnv1a32(utf8Encode(text))));
}

/** Replaces each character by the letter of {@link NAME_ALPHABET} at its code modulo 27 (apimachinery: SafeEncodeString). */
export function safeEncode(text: string): string {
  return Array.from(utf8Encode(text), (byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join('');
}

/**
 * Five random characters, as the API server appends them to a pod's `generateName`.
 *
 * @param random - a whole number from 0 up to, but not including, its argument
 */
export function podSuffix(random: (below: number) => number): string {
  return Array.from({ length: 5 }, () => NAME_ALPHABET[random(NAME_ALPHABET.length)]).join('');
}

/**
 * Name of a generated pod: the owner's name cut so that the whole stays within 63 characters.
 *
 * @param owner - ReplicaSet, DaemonSet or Job, for example `order-7d9c5f68b4`
 */
export function generatedPodName(owner: string, random: (below: number) => number): string {
  return `${`${owner}-`.slice(0, 58)}${podSuffix(random)}`;
}

/** Name of a StatefulSet's pod: stable, also across re-creation. */
export function statefulPodName(statefulSet: string, ordinal: number): string {
  return `${statefulSet}-${ordinal}`;
}

/** 32-bit FNV-1a. */
export function fnv1a32(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
