import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createCsr,
  createSelfSignedRoot,
  generateKeyPair,
  issueWorkloadCertificate,
  type KeyPair,
  parseCsr,
  verifyCsrSignature,
} from '../../../src/core/pki/index.ts';
import { type MakeIdentity, now, organization, serialNumber, spiffeId } from './request.ts';

async function certify(keyType: 'ecdsa-p256' | 'rsa-2048') {
  const ca = await createSelfSignedRoot(nativeCrypto, { organization, keyType, now, serial: serialNumber() });
  return async (pair: KeyPair): Promise<Uint8Array> => {
    const csr = parseCsr(await createCsr(nativeCrypto, pair, { spiffeId }));
    if (!(await verifyCsrSignature(nativeCrypto, csr))) throw new Error('bad CSR');
    const { spki } = csr;
    const request = { spki, spiffeId, now, ttlMs: 86_400_000, serial: serialNumber() };
    return (await issueWorkloadCertificate(nativeCrypto, ca, request)).der;
  };
}

export async function svidlabP256(): Promise<MakeIdentity> {
  const forKey = await certify('ecdsa-p256');
  return async () => forKey(await generateKeyPair(nativeCrypto, 'ecdsa-p256'));
}

/** With the key given: making RSA keys takes OpenSSL long and never as long twice. */
export async function svidlabRsa(): Promise<MakeIdentity> {
  const forKey = await certify('rsa-2048');
  const pair = await generateKeyPair(nativeCrypto, 'rsa-2048');
  return () => forKey(pair);
}
