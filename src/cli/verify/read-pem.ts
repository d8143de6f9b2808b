import { pemDecodeAll, PemError } from '../../core/bytes/pem.ts';
import { type Certificate, type Crl, parseCertificate, parseCrl, PkiError } from '../../core/pki/index.ts';

/** What a text holds, and what of it could not be read; the rest is used all the same. */
export interface PemContent<T> {
  readonly items: readonly T[];
  readonly faults: readonly string[];
}

/** Every certificate of a PEM text. */
export function readCertificates(text: string): PemContent<Certificate> {
  return readBlocks(text, ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'], parseCertificate);
}

/** Every revocation list of a PEM text. */
export function readCrls(text: string): PemContent<Crl> {
  return readBlocks(text, ['X509 CRL'], parseCrl);
}

function readBlocks<T>(
  text: string,
  labels: readonly string[],
  parse: (der: Uint8Array) => T,
): PemContent<T> {
  const items: T[] = [];
  const faults: string[] = [];
  try {
    const blocks = pemDecodeAll(text).filter(({ label }) => labels.includes(label));
    if (blocks.length === 0) faults.push(`no "${labels[0]}" block`);
    for (const { der } of blocks) {
      const item = readable(() => parse(der));
      if (typeof item === 'string') faults.push(item);
      else items.push(item);
    }
  } catch (error) {
    if (!(error instanceof PemError)) throw error;
    faults.push(error.message);
  }
  return { items, faults };
}

/** What `parse` returns, or why the bytes are none. */
function readable<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PkiError) return error.message;
    throw error;
  }
}
