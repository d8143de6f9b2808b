import { suggest } from '../../core/kubernetes/suggest.ts';
import { refused } from '../command-results.ts';
import type { CommandResult } from '../command.ts';
import type { World } from '../world.ts';
import type { Authority } from './authority.ts';
import { firstPlane, type ControlPlane } from './control-plane.ts';

/** Does something with a CA, or says that there is none of that name. */
export function withAuthority(
  world: World,
  id: string,
  act: (authority: Authority) => CommandResult,
): CommandResult {
  const authority = world.authorities.get(id);
  return authority === undefined ? unknownAuthority(world, id) : act(authority);
}

export function unknownAuthority(world: World, id: string): CommandResult {
  return refused('authority.exists', `no CA "${id}"`, suggest(id, [...world.authorities.keys()]));
}

/** Does something with a cluster; the first one unless it is named. */
export function withPlane(
  world: World,
  name: string | undefined,
  act: (plane: ControlPlane) => CommandResult,
): CommandResult {
  if (name === undefined) return act(firstPlane(world));
  const plane = world.controlPlanes.find(({ cluster }) => cluster === name);
  const known = world.controlPlanes.map(({ cluster }) => cluster);
  return plane === undefined
    ? refused('cluster.exists', `no cluster "${name}"`, suggest(name, known))
    : act(plane);
}
