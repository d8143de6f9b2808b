import { equalBytes } from '../../core/bytes/index.ts';
import { nativeCrypto } from '../../core/crypto/index.ts';
import {
  type Certificate,
  importPrivateKeyPem,
  type KeyPair,
  parseCertificates,
  PkiError,
} from '../../core/pki/index.ts';
import type { TlsCredential } from '../../core/tls/index.ts';
import { UnusableInput } from '../exit.ts';
import { nameOf, readBytes } from '../input.ts';

/**
 * Certificate chain and private key from their files.
 *
 * @throws UnusableInput where one cannot be read, or the key is not that of the first certificate
 */
export async function readCredential(certPath: string, keyPath: string): Promise<TlsCredential> {
  const chain = await readCertificates(certPath);
  const keyPair = await readKey(keyPath);
  const [leaf] = chain;
  if (leaf !== undefined && equalBytes(leaf.spki, keyPair.spki)) return { chain, keyPair };
  throw new UnusableInput({
    file: nameOf(keyPath),
    message: `is not the key of the first certificate of ${nameOf(certPath)}`,
    rule: 'key.mismatch',
    value: leaf?.uris[0] ?? leaf?.subject.toString() ?? '',
    hint: 'a chain begins with the leaf; name its key',
  });
}

/**
 * Certificates of a PEM file, in their order.
 *
 * @throws UnusableInput where it holds none
 */
export async function readCertificates(path: string): Promise<readonly Certificate[]> {
  const text = await readPem(path);
  try {
    return parseCertificates(text);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new UnusableInput({
      file: nameOf(path),
      message: error.message,
      rule: error.rule,
      hint: 'give certificates in PEM; svidlab inspect FILE shows what a file holds',
    });
  }
}

async function readKey(path: string): Promise<KeyPair> {
  const text = await readPem(path);
  try {
    return await importPrivateKeyPem(nativeCrypto, text);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new UnusableInput({
      file: nameOf(path),
      message: error.message,
      rule: error.rule,
      hint: keyHints[error.rule] ?? 'openssl pkey -in FILE -check says what is wrong with a key',
    });
  }
}

const keyHints: Readonly<Record<string, string>> = {
  'key.pem': 'give a private key in PEM: PKCS#8, SEC1 (EC) or PKCS#1 (RSA)',
  'key.encrypted': 'decrypt it first: openssl pkey -in FILE -out key.pem',
};

async function readPem(path: string): Promise<string> {
  return new TextDecoder('latin1').decode(await readBytes(path));
}
