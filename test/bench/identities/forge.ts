import forge from 'node-forge';
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

const { pki } = forge;
const subjectAltName = { name: 'subjectAltName', critical: true, altNames: [{ type: 6, value: spiffeId }] };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** node-forge knows RSA only. The key is given, as for the library it stands beside. */
export function forgeRsa(): MakeIdentity {
  const caKeys = pki.rsa.generateKeyPair({ bits: 2048 });
  const keys = pki.rsa.generateKeyPair({ bits: 2048 });
  const issuer = [{ name: 'organizationName', value: organization }];
  const root = pki.createCertificate();
  root.serialNumber = hex(serialNumber());
  root.publicKey = caKeys.publicKey;
  root.validity.notBefore = now;
  root.validity.notAfter = rootNotAfter;
  root.setSubject(issuer);
  root.setIssuer(issuer);
  root.setExtensions([
    { name: 'keyUsage', critical: true, keyCertSign: true },
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  root.sign(caKeys.privateKey, forge.md.sha256.create());
  const keyIdentifier = root.generateSubjectKeyIdentifier().getBytes();

  return () => {
    const made = pki.createCertificationRequest();
    made.publicKey = keys.publicKey;
    made.setSubject([{ name: 'organizationName', value: '' }]);
    made.setAttributes([{ name: 'extensionRequest', extensions: [subjectAltName] }]);
    made.sign(keys.privateKey, forge.md.sha256.create());
    const sent = forge.asn1.toDer(pki.certificationRequestToAsn1(made));

    const csr = pki.certificationRequestFromAsn1(forge.asn1.fromDer(sent), true);
    if (!csr.verify()) throw new Error('bad CSR');
    const leaf = pki.createCertificate();
    leaf.serialNumber = hex(serialNumber());
    leaf.publicKey = csr.publicKey!;
    leaf.validity.notBefore = notBefore;
    leaf.validity.notAfter = notAfter;
    leaf.setSubject([]);
    leaf.setIssuer(issuer);
    leaf.setExtensions([
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'authorityKeyIdentifier', keyIdentifier },
      subjectAltName,
    ]);
    leaf.sign(caKeys.privateKey, forge.md.sha256.create());
    const der = forge.asn1.toDer(pki.certificateToAsn1(leaf)).getBytes();
    return Promise.resolve(Buffer.from(der, 'latin1'));
  };
}
