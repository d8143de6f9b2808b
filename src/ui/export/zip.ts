import { strToU8, zip, type AsyncZippable } from 'fflate';
import type { ExportedFile } from '../../scenario/protocol.ts';

const unix = 3;
const regularFile = 0o100000;

/** ZIP knows the years 1980 to 2107, in local time. */
const [firstMs, lastMs] = [Date.UTC(1980, 0, 2), Date.UTC(2107, 11, 30)];

/**
 * Packs files into a ZIP archive; keys come out readable by their owner only.
 *
 * @param folder what everything lies in
 * @param date of all files: when the world was as they are
 */
export function packed(
  files: readonly ExportedFile[],
  { folder, date }: { readonly folder: string; readonly date: Date },
): Promise<Uint8Array<ArrayBuffer>> {
  const mtime = new Date(Math.min(Math.max(date.getTime(), firstMs), lastMs));
  const entries: AsyncZippable = Object.fromEntries(
    files.map(({ path, text, secret }) => {
      const mode = regularFile | (secret ? 0o600 : 0o644);
      return [`${folder}/${path}`, [strToU8(text), { os: unix, attrs: mode << 16, mtime }]];
    }),
  );
  return new Promise((resolve, reject) => {
    zip(entries, { level: 6 }, (error, bytes) => (error ? reject(error) : resolve(bytes.slice())));
  });
}
