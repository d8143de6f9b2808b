import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { type Certificate, generateKeyPair, type KeyType } from '../../../src/core/pki/index.ts';
import { type Authority, ext, intermediate, leaf, NOW, root, uri } from '../../core/pki/forge.ts';

export const at = NOW;

/** Leaf first, root last. */
export type PathCertificates = readonly Certificate[];

/** Validates one path; rejects where it is not valid. */
export type ValidatePath = () => Promise<void>;

/** A path that every library of the bench accepts: node-forge knows no critical subjectAltName. */
export async function pathOf(length: number, keyType: KeyType): Promise<PathCertificates> {
  let signer: Authority = await root(nativeCrypto, { keyType });
  const certificates = [signer.certificate];
  for (let i = 0; i < length - 2; i++) {
    signer = await intermediate(nativeCrypto, signer, { keyType, subject: `CA ${i}` });
    certificates.unshift(signer.certificate);
  }
  const san = ext.san([uri('spiffe://cluster.local/ns/shop/sa/order')]);
  const key = await generateKeyPair(nativeCrypto, keyType);
  return [await leaf(nativeCrypto, signer, { subject: 'order', key, change: { san } }), ...certificates];
}
