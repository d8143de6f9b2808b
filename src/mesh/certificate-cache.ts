import { toHex, type Bytes } from '../core/bytes/index.ts';
import { parseCertificate, parseCertificates, type Certificate } from '../core/pki/index.ts';

const limit = 512;
const derLimit = 16;

/**
 * Certificates by the PEM text they were read from. Agent and Envoy of a pod read the same text one after the
 * other, and every pod reads the same roots; each text is parsed once.
 */
export class CertificateCache {
  readonly #byText = new Map<string, readonly Certificate[]>();
  readonly #pinned = new Map<string, readonly Certificate[]>();
  readonly #byDer = new Map<string, Certificate>();

  /** Remembers what a text says, for the one who wrote it from these certificates. */
  remember(pem: string, certificates: readonly Certificate[]): void {
    this.#byText.set(pem, certificates);
    if (this.#byText.size <= limit) return;
    const oldest = this.#byText.keys().next();
    if (oldest.done !== true) this.#byText.delete(oldest.value);
  }

  parse(pem: string): readonly Certificate[] {
    const known = this.#pinned.get(pem) ?? this.#byText.get(pem);
    if (known !== undefined) return known;
    const parsed = parseCertificates(pem);
    this.remember(pem, parsed);
    return parsed;
  }

  /** A certificate that many are shown, such as istiod's own, so that all hold the same. */
  parseDer(der: Bytes): Certificate {
    const key = toHex(der);
    const known = this.#byDer.get(key);
    if (known !== undefined) return known;
    // A copy: what came is a view of a whole TLS record.
    const parsed = parseCertificate(der.slice());
    this.#byDer.set(key, parsed);
    const oldest = this.#byDer.keys().next();
    if (this.#byDer.size > derLimit && oldest.done !== true) this.#byDer.delete(oldest.value);
    return parsed;
  }

  /** Keeps a text that many pods read, such as the root bundle. */
  pin(pem: string): readonly Certificate[] {
    const parsed = this.parse(pem);
    this.#pinned.set(pem, parsed);
    return parsed;
  }
}
