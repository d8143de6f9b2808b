import { utf8Encode } from '../../core/bytes/index.ts';
import { generateKeyPair, type Certificate } from '../../core/pki/index.ts';
import type { BlastVerifier } from '../../trace/index.ts';
import { done, refused } from '../command-results.ts';
import type { CommandResult } from '../command.ts';
import type { PodRecord } from '../cluster.ts';
import { acceptedPrefixes } from '../tls/envoy-context.ts';
import { certificateKey } from '../tls/evidence.ts';
import { workloadVerifier } from '../tls/verify-peer.ts';
import { clockOffset, type World } from '../world.ts';
import type { KeptCrl } from './control-plane.ts';
import { identityOf } from './identities.ts';
import { stolenSecretOf } from './stolen-secrets.ts';
import { forge, signersOfStolenKey, type Forgery } from './theft.ts';

/** More identities than this are not tried; a lesson's mesh has a dozen. */
const maxIdentities = 500;

interface Claim {
  readonly spiffeId: string;
  /** Leaf first; one for each certificate there is of the stolen key. */
  readonly chains: readonly (readonly Certificate[])[];
}

/** Envoys that would judge alike, so that one judgement is enough. */
interface Judges {
  readonly cluster: string;
  readonly pods: string[];
  readonly roots: readonly Certificate[];
  readonly crls: readonly KeptCrl[];
  readonly prefixes: readonly string[];
  readonly offsetMs: number;
}

/**
 * What a stolen key is good for at this moment: a leaf is signed for every identity of the mesh (a workload's key has but
 * its own), and the verification that each Envoy makes of its clients is run on each. Where the key has several
 * certificates, one that is accepted is enough.
 */
export function measureBlastRadius(world: World, holder: string): CommandResult {
  const stolenSecret = stolenSecretOf(world, holder);
  const signers = signersOfStolenKey(world, holder);
  const isAuthority = signers.length > 0;
  if (stolenSecret === null && !isAuthority) return refused('key.stolen', `no key of "${holder}" is stolen`);
  const { provider, settings } = world;
  const nowMs = world.epochMs + world.clock.now();
  const judges = judgesOf(world);
  const ids = identitiesOf(world);
  const chance = world.chance('attacker');
  const serials = ids.map(() => chance.bytes(16));
  world.gate.run(
    'blast-radius',
    async () => {
      const claims: Claim[] = [];
      if (isAuthority) {
        const keyPair = await generateKeyPair(provider, settings.keyType);
        for (const [index, spiffeId] of ids.entries()) {
          const now = new Date(nowMs);
          const order = { spiffeId, keyType: settings.keyType, now, ttlMs: settings.secretTtlMs, keyPair };
          const forgeries: Forgery[] = [];
          for (const signer of signers)
            forgeries.push(await forge(provider, { ...order, signer, serial: serials[index]! }));
          claims.push({ spiffeId, chains: forgeries.map(({ chain }) => chain) });
        }
      } else if (stolenSecret !== null) {
        const chain = world.certificates.parse(stolenSecret.chainPem);
        claims.push({ spiffeId: stolenSecret.spiffeId, chains: [chain] });
      }
      const verifiers: { judge: Judges; verdicts: Verdict[] }[] = [];
      for (const judge of judges) {
        const verdicts: Verdict[] = [];
        for (const claim of claims) verdicts.push(await judgeClaim(world, judge, claim, nowMs, isAuthority));
        verifiers.push({ judge, verdicts });
      }
      return { claims, verifiers };
    },
    (result) => {
      if (!result.ok) throw result.error;
      tell(world, holder, isAuthority ? 'authority' : 'workload', result.value);
    },
  );
  return done();
}

interface Verdict {
  /** Null where it is accepted. */
  readonly refusal: string | null;
  /** End of the shortest-lived certificate of the path; null where it is refused. */
  readonly untilMs: number | null;
}

async function judgeClaim(
  world: World,
  judge: Judges,
  { chains }: Claim,
  nowMs: number,
  isLeafRenewable: boolean,
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const chain of chains) verdicts.push(await judgeChain(world, judge, chain, nowMs, isLeafRenewable));
  const accepted = verdicts.filter(({ refusal }) => refusal === null);
  const lasting = Math.max(...accepted.map(({ untilMs }) => untilMs ?? 0));
  return accepted.length === 0 ? verdicts[0]! : { refusal: null, untilMs: lasting };
}

async function judgeChain(
  world: World,
  judge: Judges,
  chain: readonly Certificate[],
  nowMs: number,
  isLeafRenewable: boolean,
): Promise<Verdict> {
  const { roots, crls, prefixes, offsetMs } = judge;
  const match = { kind: 'prefix', names: prefixes } as const;
  const verify = workloadVerifier(world, { roots, crls }, () => nowMs + offsetMs, match);
  const verdict = await verify({ chain, purpose: 'clientAuth', serverName: null });
  if (!verdict.ok) return { refusal: verdict.error?.kind ?? verdict.alert, untilMs: null };
  // Who has the key of a CA signs a new leaf whenever one ends.
  const lasting = isLeafRenewable ? verdict.path.slice(1) : verdict.path;
  const ends = lasting.map(({ notAfter }) => notAfter.getTime());
  return { refusal: null, untilMs: Math.min(...ends) };
}

function judgesOf(world: World): Judges[] {
  const byKind = new Map<string, Judges>();
  for (const record of world.cluster.pods.values()) {
    const runtime = world.runtimes.peek(record.pod);
    const roots = runtime?.envoyRoots ?? null;
    if (runtime === undefined || roots === null || record.deletionAtMs !== null) continue;
    const crls = runtime.envoyCrls;
    const prefixes = acceptedPrefixes(record.controlPlane);
    const offsetMs = clockOffset(world, record.node);
    const { cluster } = record.controlPlane;
    const lists = crls.map(({ artefact }) => artefact);
    const key = [cluster, roots.map(certificateKey).join(), lists.join(), prefixes.join(), offsetMs].join(
      '|',
    );
    let judges = byKind.get(key);
    if (judges === undefined)
      byKind.set(key, (judges = { cluster, pods: [], roots, crls, prefixes, offsetMs }));
    judges.pods.push(record.pod);
  }
  return [...byKind.values()];
}

function identitiesOf(world: World): string[] {
  const ids = new Set<string>();
  for (const record of world.cluster.pods.values()) if (isMember(record)) ids.add(identityOf(record));
  return [...ids].sort().slice(0, maxIdentities);
}

function isMember({ injected, deletionAtMs }: PodRecord): boolean {
  return injected && deletionAtMs === null;
}

function tell(
  world: World,
  holder: string,
  of: 'workload' | 'authority',
  found: { claims: readonly Claim[]; verifiers: readonly { judge: Judges; verdicts: readonly Verdict[] }[] },
): void {
  const identities = found.claims.map(({ spiffeId, chains: [chain = [], ...others] }) => {
    const owner = `blast:${holder}:${spiffeId}`;
    const [leaf] = chain;
    const known = leaf === undefined ? undefined : world.knownCertificates.get(certificateKey(leaf));
    const bytes = leaf?.der ?? new Uint8Array(0);
    const certificate =
      known ?? world.artefacts.put({ kind: 'certificate', owner, pod: null, bytes, refs: {} });
    const [first, ...rest] = [chain, ...others].map((certificates, index) => {
      const bytes = utf8Encode(certificates.map((each) => each.pem()).join(''));
      const place = `${owner}:${index}`;
      return world.artefacts.put({ kind: 'chain', owner: place, pod: null, bytes, refs: { certificate } });
    });
    return { spiffeId, certificate, chain: first ?? '', otherChains: rest };
  });
  const verifiers: BlastVerifier[] = found.verifiers.map(({ judge, verdicts }) => ({
    cluster: judge.cluster,
    pods: judge.pods,
    roots: judge.roots.flatMap((root) => world.knownCertificates.get(certificateKey(root)) ?? []),
    crls: judge.crls.map(({ artefact }) => artefact),
    accepts: judge.prefixes,
    clockAheadMs: judge.offsetMs,
    refusals: verdicts.map(({ refusal }) => refusal),
  }));
  const all = found.verifiers.flatMap(({ judge, verdicts }) =>
    verdicts.map((verdict) => ({ judge, verdict })),
  );
  const accepted = all.filter(({ verdict }) => verdict.refusal === null);
  const ends = accepted.flatMap(({ verdict }) => verdict.untilMs ?? []);
  const pods = found.verifiers.reduce((sum, { judge }) => sum + judge.pods.length, 0);
  world.trace.append('mesh', 'blast-radius.measured', {
    holder,
    of,
    identities,
    verifiers,
    pairs: pods * found.claims.length,
    acceptedPairs: accepted.reduce((sum, { judge }) => sum + judge.pods.length, 0),
    forgeable: found.claims.filter((_, index) =>
      found.verifiers.some(({ verdicts }) => verdicts[index]?.refusal === null),
    ).length,
    reached: found.verifiers
      .filter(({ verdicts }) => verdicts.some(({ refusal }) => refusal === null))
      .reduce((sum, { judge }) => sum + judge.pods.length, 0),
    pods,
    untilMs: ends.length === 0 ? null : Math.max(...ends) - world.epochMs,
  });
}
