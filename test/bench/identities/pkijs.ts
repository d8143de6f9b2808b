import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
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

const oid = {
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
  keyUsage: '2.5.29.15',
  extKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  subjectKeyIdentifier: '2.5.29.14',
  subjectAltName: '2.5.29.17',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const generateKey = () =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

const extension = (extnID: string, critical: boolean, value: asn1js.BaseBlock) =>
  new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });

const subjectAltName = () =>
  extension(
    oid.subjectAltName,
    true,
    new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 6, value: spiffeId })] }).toSchema(),
  );

const keyUsage = (bits: number, unusedBits: number) =>
  extension(
    oid.keyUsage,
    true,
    new asn1js.BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits }),
  );

const organizationName = (value: string) =>
  new pkijs.AttributeTypeAndValue({ type: oid.organization, value: new asn1js.PrintableString({ value }) });

export async function pkijsP256(): Promise<MakeIdentity> {
  const caKeys = await generateKey();
  const root = await createRoot(caKeys);
  const keyIdentifier = await sha1(root.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
  return async () => {
    const keys = await generateKey();
    const csr = pkijs.CertificationRequest.fromBER(await createCsr(keys));
    if (!(await csr.verify())) throw new Error('bad CSR');
    const leaf = new pkijs.Certificate();
    leaf.version = 2;
    leaf.serialNumber = new asn1js.Integer({ valueHex: serialNumber().buffer });
    leaf.issuer = root.subject;
    // Left alone, pkijs writes an empty name as a SEQUENCE with an empty SET in it.
    leaf.subject.valueBeforeDecode = new Uint8Array([0x30, 0]).buffer;
    leaf.notBefore.value = notBefore;
    leaf.notAfter.value = notAfter;
    leaf.subjectPublicKeyInfo = csr.subjectPublicKeyInfo;
    leaf.extensions = [
      keyUsage(0xa0, 5),
      extension(
        oid.extKeyUsage,
        false,
        new pkijs.ExtKeyUsage({ keyPurposes: [oid.serverAuth, oid.clientAuth] }).toSchema(),
      ),
      extension(oid.basicConstraints, true, new pkijs.BasicConstraints({ cA: false }).toSchema()),
      extension(
        oid.authorityKeyIdentifier,
        false,
        new pkijs.AuthorityKeyIdentifier({
          keyIdentifier: new asn1js.OctetString({ valueHex: keyIdentifier }),
        }).toSchema(),
      ),
      subjectAltName(),
    ];
    await leaf.sign(caKeys.privateKey, 'SHA-256');
    return new Uint8Array(leaf.toSchema().toBER(false));
  };
}

async function createCsr(keys: CryptoKeyPair): Promise<ArrayBuffer> {
  const csr = new pkijs.CertificationRequest();
  csr.subject.typesAndValues.push(organizationName(''));
  await csr.subjectPublicKeyInfo.importKey(keys.publicKey);
  csr.attributes = [
    new pkijs.Attribute({
      type: oid.extensionRequest,
      values: [new pkijs.Extensions({ extensions: [subjectAltName()] }).toSchema()],
    }),
  ];
  await csr.sign(keys.privateKey, 'SHA-256');
  return csr.toSchema().toBER(false);
}

async function createRoot(keys: CryptoKeyPair): Promise<pkijs.Certificate> {
  const root = new pkijs.Certificate();
  root.version = 2;
  root.serialNumber = new asn1js.Integer({ valueHex: serialNumber().buffer });
  root.issuer.typesAndValues.push(organizationName(organization));
  root.subject.typesAndValues.push(organizationName(organization));
  root.notBefore.value = now;
  root.notAfter.value = rootNotAfter;
  await root.subjectPublicKeyInfo.importKey(keys.publicKey);
  const key = await sha1(root.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
  root.extensions = [
    keyUsage(0x04, 2),
    extension(oid.basicConstraints, true, new pkijs.BasicConstraints({ cA: true }).toSchema()),
    extension(oid.subjectKeyIdentifier, false, new asn1js.OctetString({ valueHex: key })),
  ];
  await root.sign(keys.privateKey, 'SHA-256');
  return root;
}

const sha1 = (bytes: Uint8Array) => crypto.subtle.digest('SHA-1', new Uint8Array(bytes));
