import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import {
  type MakeIdentity,
  notAfter,
  notBefore,
  now,
  organization,
  rootNotAfter,
  serialNumber,
  spiffeId,
} from './request.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const usages = ['sign', 'verify'] as const;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const generateKey = () => crypto.subtle.generateKey(algorithm, true, [...usages]) as Promise<CryptoKeyPair>;

export async function peculiarP256(): Promise<MakeIdentity> {
  const caKeys = await generateKey();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `O=${organization}`,
    keys: caKeys,
    notBefore: now,
    notAfter: rootNotAfter,
    serialNumber: hex(serialNumber()),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  return async () => {
    const keys = await generateKey();
    const made = await x509.Pkcs10CertificateRequestGenerator.create({
      name: [{ O: [''] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'url', value: spiffeId }], true)],
    });
    const csr = new x509.Pkcs10CertificateRequest(made.rawData);
    if (!(await csr.verify())) throw new Error('bad CSR');
    const leaf = await x509.X509CertificateGenerator.create({
      subject: '',
      issuer: root.subject,
      publicKey: csr.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: algorithm,
      notBefore,
      notAfter,
      serialNumber: hex(serialNumber()),
      extensions: [
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.BasicConstraintsExtension(false, undefined, true),
        await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: spiffeId }], true),
      ],
    });
    return new Uint8Array(leaf.rawData);
  };
}
