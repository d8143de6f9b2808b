import { suggest } from '../../core/kubernetes/suggest.ts';
import { done, refused } from '../command-results.ts';
import type { CommandResult } from '../command.ts';
import type { World } from '../world.ts';
import {
  certify,
  currentOf,
  enterCertificate,
  signingCa,
  type Authority,
  type AuthorityCertificate,
} from './authority.ts';
import type { TrustCommand } from './command.ts';
import { cacertsFor, reloadCacerts } from './cacerts.ts';
import { distributeAnchors } from './distribute.ts';
import { unknownAuthority, withAuthority, withPlane } from './named.ts';

type Command<T extends TrustCommand['type']> = Extract<TrustCommand, { type: T }>;

/** Makes a CA below another one, or a root. */
export function createAuthority(world: World, { setting, by }: Command<'create-authority'>): CommandResult {
  if (world.authorities.has(setting.id))
    return refused('authority.new', `there is a CA "${setting.id}" already`);
  const signer = parentOf(world, setting.parent ?? null, by === 'attacker');
  if (signer !== null && 'ok' in signer) return signer;
  const authority: Authority = {
    id: setting.id,
    setting,
    custody: setting.offline === true ? 'offline' : 'online',
    certificates: [],
    byAttacker: by === 'attacker',
    revoked: [],
    crl: null,
    crlNumber: 0,
  };
  world.authorities.set(setting.id, authority);
  if (by === 'attacker') world.stolenAuthorities.set(setting.id, null);
  issue(world, authority, signer, null, 'created');
  return done();
}

/** Signs a CA's certificate again: for its present key, or for a new one. A new setting replaces what it may sign. */
export function renewAuthority(
  world: World,
  { authority: id, newKey, changes }: Command<'renew-authority'>,
): CommandResult {
  return withAuthority(world, id, (authority) => {
    const signer = parentOf(world, authority.setting.parent ?? null, false);
    if (signer !== null && 'ok' in signer) return signer;
    if (signer === null && authority.custody === 'offline') return offline(world, authority);
    authority.setting = { ...authority.setting, ...changes };
    const keyPair = newKey ? null : currentOf(authority).keyPair;
    issue(world, authority, signer, keyPair, newKey ? 'rekeyed' : 'renewed');
    return done();
  });
}

/** Another CA vouches for the name and key of one. */
export function crossSign(world: World, { authority: id, by }: Command<'cross-sign'>): CommandResult {
  return withAuthority(world, id, (authority) => {
    const signer = parentOf(world, by, false);
    if (signer === null || 'ok' in signer) return signer ?? refused('authority.exists', `no CA "${by}"`);
    issue(world, authority, signer, currentOf(authority).keyPair, 'cross-signed');
    return done();
  });
}

interface Signer {
  readonly authority: string;
  readonly with: AuthorityCertificate;
}

function parentOf(world: World, id: string | null, byAttacker: boolean): Signer | null | CommandResult {
  if (id === null) return null;
  const authority = world.authorities.get(id);
  if (authority === undefined) return unknownAuthority(world, id);
  if (byAttacker) {
    const stolen = world.stolenAuthorities.get(id);
    if (stolen === undefined) return refused('key.stolen', `the key of "${id}" is not stolen`);
    return { authority: id, with: stolen ?? currentOf(authority) };
  }
  if (authority.custody === 'offline') return offline(world, authority);
  return { authority: id, with: currentOf(authority) };
}

/** Says that the key of a CA is in a safe. */
export function offline(world: World, { id }: Authority): CommandResult {
  const message = `the key of "${id}" is offline`;
  world.trace.append('mesh', 'authority.refused', { authority: id, rule: 'authority.online', message });
  return {
    ok: false,
    refusals: [{ rule: 'authority.online', message, hint: 'bring it online first, with a ceremony' }],
  };
}

function issue(
  world: World,
  authority: Authority,
  signer: Signer | null,
  keyPair: AuthorityCertificate['keyPair'] | null,
  reason: 'created' | 'renewed' | 'rekeyed' | 'cross-signed',
): void {
  const { provider, settings } = world;
  const order = {
    setting: authority.setting,
    keyPair,
    signer: signer === null ? null : signingCa(signer.with),
    defaultKeyType: settings.rootKeyType,
    now: new Date(world.epochMs + world.clock.now()),
    serial: world.chance(`authority:${authority.id}`).bytes(16),
  };
  world.gate.run(
    'authority.certify',
    () => certify(provider, order),
    (result) => {
      if (!result.ok) throw result.error;
      enterCertificate(world, authority, result.value, { reason, issuer: signer });
    },
  );
}

/** The key of a CA leaves the safe, or goes back. */
export function moveKey(world: World, { authority: id, custody }: Command<'move-key'>): CommandResult {
  return withAuthority(world, id, (authority) => {
    if (authority.custody === 'istiod')
      return refused('authority.custody', `the key of "${id}" is in a cluster's cacerts`);
    authority.custody = custody;
    const reason = custody === 'online' ? 'ceremony: two keepers, one log, one purpose' : 'ceremony is over';
    world.trace.append('mesh', 'authority.custody', { authority: id, custody, reason });
    return done();
  });
}

/** Writes the secret `cacerts` of a cluster; istiod takes it or refuses it. */
export function plugIn(world: World, command: Command<'cacerts'>): CommandResult {
  return withPlane(world, command.cluster, (plane) => {
    const issuer = command.issuer ?? plane.secret.authority;
    for (const id of [issuer, ...(command.roots ?? [])])
      if (!world.authorities.has(id)) return unknownAuthority(world, id);
    const roots = command.roots ?? null;
    const crossSigned = command.crossSigned ?? false;
    const next = cacertsFor(world, { issuer, roots, crossSigned });
    const crls = command.crls === true ? listsFor(world, next.chain.concat(next.roots)) : plane.secret.crls;
    plane.secret = { ...next, crls };
    if (plane.running) reloadCacerts(world, plane);
    moveToCluster(world, issuer, plane.cluster);
    return done();
  });
}

/** Whoever plugs a CA into a cluster puts its key there. */
function moveToCluster(world: World, id: string, cluster: string): void {
  const authority = world.authorities.get(id);
  if (authority === undefined || authority.custody === 'istiod') return;
  authority.custody = 'istiod';
  const reason = `in the cacerts of ${cluster}`;
  world.trace.append('mesh', 'authority.custody', { authority: id, custody: 'istiod', reason });
}

/** The newest list of each CA of a chain, where it has one. */
function listsFor(world: World, entries: readonly AuthorityCertificate[]) {
  const lists = [...world.authorities.values()].filter(({ certificates }) =>
    certificates.some((each) => entries.includes(each)),
  );
  return lists.flatMap(({ crl }) => (crl === null ? [] : [crl]));
}

export function setMultiRoot(world: World, { cluster, enabled }: Command<'multi-root'>): CommandResult {
  return withPlane(world, cluster, (plane) => {
    plane.multiRoot = enabled;
    return done();
  });
}

/** `meshConfig.caCertificates`: roots of others, and the trust domains they are there for. */
export function addAnchors(world: World, { cluster, anchors }: Command<'mesh-anchors'>): CommandResult {
  return withPlane(world, cluster, (plane) => {
    const unknown = anchors.find(({ authority }) => !world.authorities.has(authority));
    if (unknown !== undefined) return unknownAuthority(world, unknown.authority);
    if (!plane.multiRoot)
      return refused('anchors.multi-root', 'agents take further anchors only with ISTIO_MULTIROOT_MESH');
    plane.extraAnchors = anchors.flatMap(({ authority, trustDomains = [] }) => {
      const found = world.authorities.get(authority);
      if (found === undefined) return [];
      const { certificate, artefact } = currentOf(found);
      return [{ certificate, artefact, trustDomains }];
    });
    distributeAnchors(world, plane);
    return done();
  });
}

/** Sets the clock of a node or of an istiod wrong, or right again with 0. */
export function skewClock(world: World, { of, name, offsetMs }: Command<'skew-clock'>): CommandResult {
  if (of === 'istiod') {
    return withPlane(world, name, (plane) => {
      plane.clockOffsetMs = offsetMs;
      world.trace.append('mesh', 'clock.skewed', { of, name: plane.cluster, offsetMs });
      return done();
    });
  }
  if (!world.cluster.nodes.has(name))
    return refused('node.exists', `no node "${name}"`, suggest(name, [...world.cluster.nodes.keys()]));
  world.clockOffsets.set(name, offsetMs);
  world.trace.append('mesh', 'clock.skewed', { of, name, offsetMs });
  return done();
}
