import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atTime, hasOpenssl } from './openssl.ts';
import { lessonsWithAuthorities, TrustExport, verifyError } from './trust-export.ts';

/** Certificates begin at whole seconds. */
const minuteMs = 60_000;

/** Errors of OpenSSL for what we call by a name; a code that is in no list is no reason of ours. */
const reasons: Readonly<Record<string, readonly number[]>> = {
  'unknown-issuer': [2, 19, 20, 21],
  'self-signed-untrusted': [18, 19],
  'bad-signature': [7],
  'certificate-expired': [10],
  'certificate-not-yet-valid': [9],
  'not-a-ca': [24, 79],
  'path-too-long': [25],
  'wrong-purpose': [26],
  'name-not-permitted': [47],
  'name-excluded': [48],
  revoked: [23],
  // No list, one that has ended, one that is not valid yet.
  'revocation-unknown': [3, 11, 12],
};

interface BlastResult {
  readonly holder: string;
  readonly identities: readonly { readonly spiffeId: string; readonly chains: readonly string[] }[];
  readonly verifiers: readonly {
    readonly cluster: string;
    readonly pods: readonly string[];
    readonly roots: string;
    readonly crls: string | null;
    readonly accepts: readonly string[];
    readonly at: string;
    readonly refusals: readonly (string | null)[];
  }[];
}

const files = lessonsWithAuthorities();

it('there are lessons with CAs of their own', () => {
  expect(files).toEqual(
    expect.arrayContaining(['leaked-intermediate.yaml', 'revocation.yaml', 'root-rotation.yaml']),
  );
});

describe.skipIf(!hasOpenssl).each(files)('what %s leaves behind', (lesson) => {
  let exported: TrustExport;
  let end: Date;

  beforeAll(async () => {
    exported = await TrustExport.of(lesson);
    end = new Date(exported.summary.time.end);
  });
  afterAll(() => exported.remove());

  /** Certificates of all CAs as one bag, roots or not. */
  const authorityFiles = () =>
    exported
      .list('authorities')
      .flatMap((id) => exported.list(`authorities/${id}`).map((name) => `authorities/${id}/${name}`))
      .filter((path) => path.includes('/certificate-'));
  const bag = (paths: readonly string[], option: string) => paths.flatMap((path) => [option, path]);

  /** Where the certificate of an entry lies: certificates of a CA are numbered in their order. */
  function certified() {
    const counts = new Map<string, number>();
    return exported.entries('authority.certified').map((entry) => {
      const { authority } = entry.data;
      const count = (counts.get(authority) ?? 0) + 1;
      counts.set(authority, count);
      return { ...entry, path: `authorities/${authority}/certificate-${count}.pem` };
    });
  }
  const rootPaths = () =>
    new Set(certified().flatMap(({ data, path }) => (data.issuer === null ? [path] : [])));

  it('is a certificate for each time a CA was certified, and OpenSSL finds the way up to its root', async () => {
    const all = certified();
    expect(all.length).toBeGreaterThan(0);
    expect(authorityFiles().sort()).toEqual(all.map(({ path }) => path).sort());
    const roots = rootPaths();
    for (const { data, atMs, path } of all) {
      const text = await exported.openssl('x509', '-in', path, '-noout', '-text');
      expect(text).toMatchObject({ status: 0 });
      expect(text.output).toMatch(/X509v3 Basic Constraints: critical\n\s+CA:TRUE/);
      const others = authorityFiles().filter((other) => !roots.has(other));
      const verified = await exported.openssl(
        'verify',
        ...atTime(new Date(exported.dateOf(atMs).getTime() + minuteMs)),
        ...bag([...roots], '-trusted'),
        ...bag(others, '-untrusted'),
        path,
      );
      // Whoever has a stolen key can sign a CA that its certificate allows none of.
      const allowed = data.byAttacker ? [null, 25, 47, 48] : [null];
      expect(allowed, `${path}: ${verified.output}`).toContain(verifyError(verified));
    }
  });

  it('has in every cacerts what Istio takes: chain, key, lists, and the line that makes the secret', async () => {
    const clusters = exported.list('cacerts');
    expect(clusters.length).toBeGreaterThan(0);
    for (const cluster of clusters) {
      const at = (name: string) => `cacerts/${cluster}/${name}`;
      const names = exported.list(`cacerts/${cluster}`).filter((name) => name !== 'create-secret.sh');
      const required = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem'];
      const hasLists = names.includes('ca-crl.pem');
      expect(names).toEqual([...(hasLists ? ['ca-crl.pem'] : []), ...required].sort());
      const [first, line, ...rest] = exported.read(at('create-secret.sh')).split('\n');
      expect([first, ...rest]).toEqual(['#!/bin/sh', '']);
      const from = [...line!.matchAll(/--from-file=(\S+)/g)].map(([, name]) => name!);
      expect(line).toMatch(/^kubectl create secret generic cacerts -n istio-system /);
      expect(from.sort()).toEqual(names);
      const chain = ['-untrusted', at('cert-chain.pem'), at('ca-cert.pem')];
      const verified = await exported.openssl(
        ...['verify', ...atTime(end), '-CAfile', at('root-cert.pem'), ...chain],
      );
      expect(verified).toEqual({ status: 0, output: `${at('ca-cert.pem')}: OK\n` });
      const keys = [
        await exported.openssl('x509', '-in', at('ca-cert.pem'), '-noout', '-pubkey'),
        await exported.openssl('pkey', '-in', at('ca-key.pem'), '-pubout'),
      ];
      expect(keys[0]).toMatchObject({ status: 0 });
      expect(keys[1]).toEqual(keys[0]);
      if (!hasLists) continue;
      // That the list of every CA of the chain is among them shows in that none is asked for in vain.
      const asked = await exported.openssl(
        ...['verify', ...atTime(end), '-crl_check_all', '-CRLfile', at('ca-crl.pem')],
        ...['-CAfile', at('root-cert.pem'), ...chain],
      );
      const revoked = exported.entries('certificate.revoked').map(({ data }) => data.certificate);
      const signer = exported.entries('cacerts.loaded').findLast(({ data }) => data.cluster === cluster);
      const isRevoked = [signer?.data.certificate, ...(signer?.data.chain ?? [])].some((each) =>
        revoked.includes(each ?? ''),
      );
      const isOver = exported
        .entries('crl.published')
        .some(({ data }) => exported.dateOf(data.nextUpdateMs) <= end);
      expect([null, ...(isRevoked ? [23] : []), ...(isOver ? [12] : [])], asked.output).toContain(
        verifyError(asked),
      );
    }
  });

  it('has lists that OpenSSL reads, with the signature of their CA', async () => {
    for (const { data } of exported.entries('crl.published')) {
      const list = `authorities/${data.authority}/crl-${data.number}.pem`;
      const answers = await Promise.all(
        certified()
          .filter((each) => each.data.authority === data.authority)
          .map(({ path }) => exported.openssl('crl', '-in', list, '-noout', '-text', '-CAfile', path)),
      );
      const verified = answers.filter(({ output }) => output.includes('verify OK'));
      expect(verified.length, answers.map(({ output }) => output).join('')).toBeGreaterThan(0);
      const { output } = verified[0]!;
      const serials = [...output.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, hex]) => serial(hex!));
      expect(serials).toEqual(data.revoked.map(({ serialNumber }) => serial(serialNumber)));
      const next = Date.parse(/Next Update: (.*)/.exec(output)![1]!);
      expect(next).toBe(exported.dateOf(Math.floor(data.nextUpdateMs / 1000) * 1000).getTime());
    }
  });

  it('has a chain of every pod that OpenSSL accepts as long as it lasts', async () => {
    const { pods } = exported.summary;
    expect(pods.length).toBeGreaterThan(0);
    let judged = 0;
    for (const { namespace, name, certificate } of pods) {
      if (certificate === null) continue;
      const folder = `pods/${namespace}/${name}`;
      const chain = `${folder}/cert-chain.pem`;
      const verified = await exported.openssl(
        ...['verify', '-partial_chain', '-purpose', 'sslclient', ...atTime(end)],
        ...['-CAfile', `${folder}/root-cert.pem`, '-untrusted', chain, chain],
      );
      expect(verifyError(verified), verified.output).toBe(certificate.expired ? 10 : null);
      judged += 1;
    }
    expect(judged).toBeGreaterThan(0);
  });

  it('has every leaf ever issued, each good in its time below the CAs that there are', async () => {
    const roots = rootPaths();
    const others = authorityFiles().filter((path) => !roots.has(path));
    for (const { data, atMs } of exported.entries('certificate.issued')) {
      const path = `issued/${data.serialNumber.padStart(32, '0')}.pem`;
      const verified = await exported.openssl(
        ...['verify', '-partial_chain', ...atTime(exported.dateOf(Math.max(atMs, data.notBeforeMs + 1_000)))],
        ...bag([...roots], '-trusted'),
        ...bag(others, '-untrusted'),
        path,
      );
      expect(verifyError(verified), verified.output).toBeNull();
    }
  });

  it('has a verdict of OpenSSL’s for each identity and each Envoy that was tried, and it is ours', async () => {
    const measured = exported.entries('blast-radius.measured');
    expect(exported.list('blast-radius')).toEqual(measured.map((_, index) => String(index + 1)).sort());
    for (const [index, { data }] of measured.entries()) {
      const folder = `blast-radius/${index + 1}`;
      const result = JSON.parse(exported.read(`${folder}/result.json`)) as BlastResult;
      expect(result.identities).toHaveLength(data.identities.length);
      let pairs = 0;
      /** As the Envoys of a verifier judge a client: its bundle, its lists, its clock. */
      const judge = async ({ at, roots, crls }: BlastResult['verifiers'][number], chain: string) => {
        const lists = crls === null ? [] : ['-crl_check_all', '-CRLfile', `${folder}/${crls}`];
        const verified = await exported.openssl(
          ...['verify', '-purpose', 'sslclient', '-partial_chain', ...atTime(new Date(at)), ...lists],
          ...['-CAfile', `${folder}/${roots}`, '-untrusted', `${folder}/${chain}`, `${folder}/${chain}`],
        );
        return verifyError(verified);
      };
      const codesAbove = async (verifier: BlastResult['verifiers'][number], chain: string) => {
        const certificates = exported.read(`${folder}/${chain}`).split(/(?<=-----END CERTIFICATE-----\n)/);
        const codes: (number | null)[] = [];
        for (let from = 1; from < certificates.length; from += 1) {
          const name = `above-${from}-${chain}`;
          exported.write(`${folder}/${name}`, certificates.slice(from).join(''));
          codes.push(await judge(verifier, name));
        }
        return codes;
      };
      for (const verifier of result.verifiers) {
        expect(verifier.refusals).toHaveLength(result.identities.length);
        for (const [place, { spiffeId, chains }] of result.identities.entries()) {
          const pair = `${folder}: ${spiffeId} at ${verifier.cluster} (${verifier.pods.join(', ')})`;
          const codes: (number | null)[] = [];
          for (const chain of chains) codes.push(await judge(verifier, chain));
          const names = await exported.openssl(
            ...['x509', '-in', `${folder}/${chains[0]!}`, '-noout', '-ext', 'subjectAltName'],
          );
          const uris = [...names.output.matchAll(/URI:(\S+?)(?:,|$)/gm)].map(([, uri]) => uri!);
          expect(uris, pair).toEqual([spiffeId]);
          const isNameAccepted = verifier.accepts.some((prefix) => spiffeId.startsWith(prefix));
          const isAccepted = isNameAccepted && codes.includes(null);
          const refusal = verifier.refusals[place]!;
          expect(refusal === null, `${pair}: ${String(refusal)}; OpenSSL: ${codes.join()}`).toBe(isAccepted);
          if (refusal === 'name-mismatch') {
            // A refusal of the name comes after the chain was found good.
            expect([codes[0], isNameAccepted], pair).toEqual([null, false]);
          } else if (refusal !== null) {
            expect(Object.keys(reasons), pair).toContain(refusal);
            // OpenSSL looks from the leaf upwards and stops where a list is missing; we look from the root down.
            const above =
              codes[0] === 3 && refusal === 'revoked' ? await codesAbove(verifier, chains[0]!) : [];
            expect(
              [codes[0], ...above].some((code) => reasons[refusal]?.includes(code ?? 0)),
              `${pair}: ${refusal}; OpenSSL: ${[codes[0], ...above].join()}`,
            ).toBe(true);
          }
          pairs += verifier.pods.length;
        }
      }
      expect(pairs, 'no pair is left out').toBe(data.pairs);
    }
  });
});

function serial(hex: string): string {
  return hex.toLowerCase().replace(/^0+/, '');
}
