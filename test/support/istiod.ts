import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import {
  type Certificate,
  importPrivateKeyPem,
  issueWorkloadCertificate,
  type KeyPair,
  type KeyType,
  parseCertificates,
  privateKeyPem,
  exportPrivateKey,
  type SigningCa,
} from '../../src/core/pki/index.ts';
import { createMesh } from '../../src/mesh/index.ts';
import { account, apply, deployment, namespace } from '../mesh/support/shop.ts';

const hourMs = 3_600_000;

/** Somebody with a certificate: as files for other programs, and as svidlab has them. */
export interface Identity {
  readonly spiffeId: string;
  readonly chain: readonly Certificate[];
  readonly keyPair: KeyPair;
  readonly certFile: string;
  readonly keyFile: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a simulated istiod gave to the workloads of a small mesh. */
export interface World {
  readonly roots: readonly Certificate[];
  readonly rootsPem: string;
  readonly rootsFile: string;
  readonly order: Identity;
  readonly web: Identity;
  /** Of `web`, issued by the same CA, and over since an hour. */
  readonly expired: Identity;
  readonly directory: string;
  remove(): void;
}

/** Runs a mesh that began an hour ago until its pods have their certificates. */
export async function istiod(keyType: KeyType, rootKeyType: KeyType = keyType): Promise<World> {
  const mesh = await createMesh({
    provider: nativeCrypto,
    seed: 3,
    settings: {
      keyType,
      rootKeyType,
      apiServerKeyType: 'ecdsa-p256',
      epoch: new Date(Date.now() - hourMs).toISOString(),
    },
  });
  const names = ['order', 'web'];
  apply(mesh, namespace('shop') + names.map((name) => account(name) + deployment(name)).join(''));
  await mesh.driver.advanceTo(60_000);
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-tls-'));
  const rootsPem = mesh.rootPem();
  const rootsFile = join(directory, 'roots.pem');
  writeFileSync(rootsFile, rootsPem);
  const of = async (name: string): Promise<Identity> => {
    const found = mesh.pods().find(({ pod }) => pod.startsWith(`shop/${name}-`));
    const material = found === undefined ? null : mesh.material(found.pod);
    if (!material?.certChainPem || !material.keyPem) throw new Error(`${name} has no certificate`);
    return identity(directory, name, material.certChainPem, material.keyPem);
  };
  const roots = parseCertificates(rootsPem);
  const order = await of('order');
  const web = await of('web');
  const [caCertificate] = parseCertificates(mesh.caPem());
  const keyPair = await importPrivateKeyPem(nativeCrypto, await mesh.caKeyPem());
  const ca: SigningCa = { certificate: caCertificate!, keyPair, chain: [], roots };
  mesh.stop();
  return {
    roots,
    rootsPem,
    rootsFile,
    order,
    web,
    expired: await expiredIdentity(directory, ca, web),
    directory,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function expiredIdentity(directory: string, ca: SigningCa, of: Identity): Promise<Identity> {
  const leaf = await issueWorkloadCertificate(nativeCrypto, ca, {
    spki: of.keyPair.spki,
    spiffeId: of.spiffeId,
    now: new Date(Date.now() - 2 * hourMs),
    ttlMs: hourMs,
    serial: Uint8Array.of(1, 2, 3),
  });
  const key = privateKeyPem(await exportPrivateKey(nativeCrypto, of.keyPair), 'pkcs8');
  return identity(directory, 'expired', leaf.pem(), key);
}

async function identity(directory: string, name: string, certPem: string, keyPem: string): Promise<Identity> {
  const certFile = join(directory, `${name}.pem`);
  const keyFile = join(directory, `${name}-key.pem`);
  writeFileSync(certFile, certPem);
  writeFileSync(keyFile, keyPem);
  const chain = parseCertificates(certPem);
  const keyPair = await importPrivateKeyPem(nativeCrypto, keyPem);
  return { spiffeId: chain[0]!.uris[0]!, chain, keyPair, certFile, keyFile, certPem, keyPem };
}
