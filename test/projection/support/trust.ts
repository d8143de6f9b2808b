import type { ArtefactId } from '../../../src/trace/artefact.ts';
import type { EntryData } from '../../../src/trace/entry.ts';
import { birth, hour, minute, podSpec, startWorld, Script, type PodSpec } from './script.ts';

const day = 24 * hour;

export interface Ca {
  readonly name: string;
  readonly key: ArtefactId;
  readonly certificate: ArtefactId;
}

type Certified = EntryData['authority.certified'];

/** A CA's certificate; of its own making where no issuer is given. */
export function certify(
  script: Script,
  name: string,
  issuer: Ca | null = null,
  more: Partial<Certified> = {},
): Ca {
  const key = more.key ?? script.id('private-key');
  const artefact = script.id('certificate');
  script.add('authority.certified', {
    authority: name,
    artefact,
    key,
    issuer: issuer?.name ?? null,
    issuerCertificate: issuer?.certificate ?? null,
    reason: 'created',
    subject: `O=Hanok, CN=${name}`,
    serialNumber: `serial-${artefact}`,
    notBeforeMs: script.atMs,
    notAfterMs: script.atMs + (issuer === null ? 3650 : 365) * day,
    pathLength: null,
    permitted: [],
    excluded: [],
    extendedKeyUsage: [],
    custody: issuer === null ? 'offline' : 'istiod',
    byAttacker: false,
    ...more,
  });
  return { name, key, certificate: artefact };
}

/** istiod of a cluster signs with a CA from now on. */
export function load(
  script: Script,
  cluster: string,
  ca: Ca,
  roots: readonly Ca[],
  more: Partial<EntryData['cacerts.loaded']> & { readonly actor?: string } = {},
): void {
  const { actor = 'istiod', ...data } = more;
  script.add(
    'cacerts.loaded',
    {
      cluster,
      authority: ca.name,
      certificate: ca.certificate,
      chain: [],
      roots: roots.map(({ certificate }) => certificate),
      crls: [],
      change: 'initial',
      selfSigned: false,
      log: 'Use plugged-in cert at /etc/cacerts',
      ...data,
    },
    actor,
  );
}

export function adopt(script: Script, pod: PodSpec, cluster: string, roots: readonly Ca[]): void {
  const ids = roots.map(({ certificate }) => certificate);
  script.add('anchors.adopted', { pod: pod.ref, cluster, roots: ids, crls: [] }, `envoy:${pod.ref}`);
}

/** Everything `issue` of the script says of a leaf, for a pod whose istiod may be another than the first. */
export function renew(
  script: Script,
  pod: PodSpec,
  spiffeId: string,
  actor: string,
  generation: number,
): void {
  const artefact = script.id('certificate');
  const key = script.id('private-key');
  const times = { notBeforeMs: script.atMs - 2 * minute, notAfterMs: script.atMs + 24 * hour };
  script.add(
    'certificate.issued',
    {
      pod: pod.ref,
      artefact,
      spiffeId,
      serialNumber: artefact,
      ...times,
      requestedSan: spiffeId,
      requestedTtlMs: 24 * hour,
      checks: [],
    },
    actor,
  );
  script.add('svid.received', {
    pod: pod.ref,
    artefact,
    key,
    spiffeId,
    notAfterMs: times.notAfterMs,
    generation,
  });
  const secret = { resource: 'default', version: `v${generation}`, certificate: artefact, spiffeId } as const;
  script.add('secret.accepted', { pod: pod.ref, ...secret, ...times }, `envoy:${pod.ref}`);
}

export interface Company {
  readonly script: Script;
  readonly root: Ca;
  readonly prod: Ca;
  readonly dev: Ca;
  readonly order: PodSpec;
  readonly payment: PodSpec;
  readonly mallory: PodSpec;
}

/** One offline root above the CAs of two clusters: `seoul` for prod with two pods, `busan` for dev with one. */
export function company(): Company {
  const script = new Script();
  startWorld(script);
  const root = certify(script, 'root', null, { subject: 'O=Hanok, CN=Hanok Corp Root CA' });
  const prod = certify(script, 'prod', root, { pathLength: 0, permitted: ['URI:prod.hanok'] });
  const dev = certify(script, 'dev', root, { pathLength: 0 });
  load(script, 'seoul', prod, [root]);
  load(script, 'busan', dev, [root], { actor: 'istiod:busan' });
  const order = podSpec('order', 0, 'node-1');
  const payment = podSpec('payment', 1, 'node-1');
  const mallory = podSpec('mallory', 2, 'node-2');
  for (const pod of [order, payment]) {
    birth(script, pod);
    adopt(script, pod, 'seoul', [root]);
  }
  birth(script, mallory);
  renew(script, mallory, 'spiffe://cluster.local/ns/shop/sa/mallory', 'istiod:busan', 2);
  adopt(script, mallory, 'busan', [root]);
  return { script, root, prod, dev, order, payment, mallory };
}

/** The key of a CA is in somebody's hands. */
export function steal(script: Script, ca: Ca): void {
  script.add('key.stolen', {
    of: 'authority',
    holder: ca.name,
    key: ca.key,
    certificate: ca.certificate,
    spiffeId: null,
    notAfterMs: script.atMs + 365 * day,
  });
}

export function forge(script: Script, ca: Ca, spiffeId: string): ArtefactId {
  const artefact = script.id('certificate');
  script.add('certificate.forged', {
    authority: ca.name,
    artefact,
    key: script.id('private-key'),
    spiffeId,
    pod: null,
    notAfterMs: script.atMs + 365 * day,
  });
  return artefact;
}
