import type { Entry, EntryKind } from '../../trace/entry.ts';
import type { Where } from '../schema/pattern.ts';

/** The endings Kubernetes puts behind a workload's name: template hash and five letters, or an ordinal. */
const podEnding = /^(?:-[a-z0-9]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|^-\d{1,4}$/;

/** Whether a name is the one wanted, or a pod of the workload wanted: `shop/order` is `shop/order-7d9c5f68b4-x2k7q`. */
export function matchesName(wanted: string, actual: string): boolean {
  if (wanted === actual) return true;
  if (!wanted.includes('/') || !actual.startsWith(wanted)) return false;
  return podEnding.test(actual.slice(wanted.length));
}

/** Whether an entry is of a kind and its fields are as wanted. */
export function matchesEntry(entry: Entry, kind: EntryKind, where: Where | undefined): boolean {
  if (entry.kind !== kind) return false;
  return Object.entries(where ?? {}).every(([field, wanted]) => matchesValue(wanted, valueOf(entry, field)));
}

function matchesValue(wanted: Where[string], actual: unknown): boolean {
  if (typeof wanted === 'string') return typeof actual === 'string' && matchesName(wanted, actual);
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  const { min = -Infinity, max = Infinity } = wanted;
  return typeof actual === 'number' && actual >= min && actual <= max;
}

/** A field of an entry's data by its dotted path; `actor` is the actor. */
export function valueOf(entry: Entry, field: string): unknown {
  if (field === 'actor') return entry.actor;
  let value: unknown = entry.data;
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
