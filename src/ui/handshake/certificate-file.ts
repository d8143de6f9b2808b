import { pemEncode } from '../../core/bytes/index.ts';
import { entriesAbout } from '../../projection/detail/trace-index.ts';
import type { TlsConnection } from '../../projection/tls/connection.ts';
import type { Artefact, ArtefactId } from '../../trace/artefact.ts';
import type { Entry } from '../../trace/entry.ts';

/** The chains that were shown, leaf first, and the roots they were held against, as one PEM file; null before any was. */
export function certificateFile(
  entries: readonly Entry[],
  cursor: number,
  { id, client, server }: TlsConnection,
  lookup: (id: ArtefactId) => Artefact | undefined,
): string | null {
  const shown = entriesAbout(entries, cursor, `connection:${id}`).flatMap((entry) =>
    entry.kind === 'tls.verified' ? entry.data.chain : [],
  );
  if (shown.length === 0) return null;
  const all = new Set([...shown, ...client.roots, ...(server?.roots ?? [])]);
  return [...all]
    .flatMap((one) => lookup(one)?.bytes ?? [])
    .map((der) => pemEncode('CERTIFICATE', der))
    .join('');
}
