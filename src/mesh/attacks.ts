import type { CommandResult, MeshCommand } from './command.ts';
import { done, refused, withPod } from './command-results.ts';
import { presentCredential } from './forged-credential.ts';
import { suggest } from '../core/kubernetes/suggest.ts';
import type { World } from './world.ts';

type Command<T extends MeshCommand['type']> = Extract<MeshCommand, { type: T }>;

/** The next flight of this name between two pods will be met by somebody on the network. */
export function tamper(world: World, command: Command<'tamper'>): CommandResult {
  return withPod(world, command.from, (client) =>
    withPod(world, command.to, (server) => {
      const { message, action, byte = null } = command;
      world.tampering.push({ from: client.pod, to: server.pod, message, action, byte });
    }),
  );
}

export function present(world: World, command: Command<'present'>): CommandResult {
  return withPod(world, command.pod, (record) =>
    withPod(world, command.as ?? command.pod, (victim) => {
      const missing = presentCredential(world, record, command, victim);
      return missing === null ? undefined : refused('credential.exists', missing);
    }),
  );
}

export function serve(
  world: World,
  { pod, tls = 'mutual', earlyData = false }: Command<'serve'>,
): CommandResult {
  return withPod(world, pod, (record) => {
    const clientCertificate = tls === 'one-way' ? 'none' : 'require';
    world.runtimes.of(record.pod).serving = { clientCertificate, earlyData };
  });
}

/** Stolen DNS, a stolen address: callers of a service reach a pod that is not behind it. */
export function hijack(world: World, { service, to }: Command<'hijack'>): CommandResult {
  if (!world.cluster.services.has(service)) {
    const known = [...world.cluster.services.keys()];
    return refused('service.exists', `no service "${service}"`, suggest(service, known));
  }
  return withPod(world, to, (record) => {
    world.hijacks.set(service, record.pod);
  });
}

export function updateKeys(world: World, name: string): CommandResult {
  const side = world.connections.client.get(world.connections.heldBy.get(name) ?? '');
  if (side?.tls?.isOver !== false || side.state !== 'open')
    return refused('connection.exists', `no open TLS connection "${name}"`);
  side.tls.updateKeys(true);
  return done();
}

/** Takes away every fault and whatever attackers have set up. */
export function heal(world: World): void {
  world.wire.heal();
  world.tampering.length = 0;
  world.hijacks.clear();
  for (const pod of world.cluster.pods.keys()) {
    const runtime = world.runtimes.peek(pod);
    if (runtime !== undefined) runtime.presented = null;
  }
}
