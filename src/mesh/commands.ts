import { planApply } from './apply.ts';
import type { CommandResult, MeshCommand } from './command.ts';
import { resourceKey } from './cluster.ts';
import { startRequest } from './connections/requests.ts';
import { heal, hijack, present, serve, tamper, updateKeys } from './attacks.ts';
import { closeUpstream } from './connections/client-side.ts';
import { serviceMeant } from './service-addresses.ts';
import { done, refused, withPod } from './command-results.ts';
import { sendHandmadeCsr } from './handmade-csr.ts';
import { suggest } from '../core/kubernetes/suggest.ts';
import { tellNow, type MeshSystem } from './tell.ts';
import { describeTrustCommand } from './trust/command.ts';
import { withPlane } from './trust/commands.ts';
import { takeTrustCommand } from './trust/take-command.ts';
import type { World } from './world.ts';

/** Carries out a command at the present instant, or refuses it and changes nothing. */
export function takeCommand(
  world: World,
  system: MeshSystem,
  command: MeshCommand,
  by: 'lesson' | 'learner',
): CommandResult {
  const result = carryOut(world, system, command);
  if (result.ok)
    world.trace.append('mesh', 'command.done', { command: command.type, by, text: describe(command) });
  return result;
}

function carryOut(world: World, system: MeshSystem, command: MeshCommand): CommandResult {
  switch (command.type) {
    case 'apply':
      return apply(world, system, [{ name: command.file ?? 'manifest.yaml', text: command.yaml }]);
    case 'apply-files':
      return apply(world, system, command.files);
    case 'delete':
      return remove(world, system, command);
    case 'delete-pod':
      return withPod(world, command.pod, (record) => {
        tellNow(system, 'api-server', { type: 'pod.delete', pod: record.pod });
      });
    case 'scale':
      return withWorkload(world, command.workload, (key) =>
        tellNow(system, 'api-server', { type: 'workload.scale', workload: key, replicas: command.replicas }),
      );
    case 'restart':
      return withWorkload(world, command.workload, (key) =>
        tellNow(system, 'api-server', { type: 'workload.restart', workload: key }),
      );
    case 'request':
      return request(world, command);
    case 'close-connection':
      return closeConnection(world, command.connection);
    case 'stop-istiod':
      return withPlane(world, command.cluster, ({ actor }) => {
        tellNow(system, actor, { type: 'istiod.stop', reason: 'stopped by hand' });
        return done();
      });
    case 'start-istiod':
      return withPlane(world, command.cluster, ({ actor }) => {
        tellNow(system, actor, { type: 'istiod.start', reason: 'started by hand' });
        return done();
      });
    case 'csr':
      return withPod(world, command.pod, (record) => {
        sendHandmadeCsr(world, record, command);
      });
    case 'fault':
      return fault(world, command);
    case 'tamper':
      return tamper(world, command);
    case 'present':
      return present(world, command);
    case 'serve':
      return serve(world, command);
    case 'hijack':
      return hijack(world, command);
    case 'update-keys':
      return updateKeys(world, command.connection);
    case 'heal':
      heal(world);
      return done();
    default:
      return takeTrustCommand(world, command);
  }
}

function apply(
  world: World,
  system: MeshSystem,
  files: readonly { readonly name: string; readonly text: string }[],
): CommandResult {
  const plan = planApply(world, files);
  if (!plan.ok) return { ok: false, refusals: plan.refusals };
  tellNow(system, 'api-server', {
    type: 'manifest.applied',
    resources: plan.resources,
    notices: plan.notices,
  });
  return done();
}

function remove(
  world: World,
  system: MeshSystem,
  command: Extract<MeshCommand, { type: 'delete' }>,
): CommandResult {
  const namespace = command.namespace ?? null;
  if (!world.cluster.resources.has(resourceKey(command.kind, namespace, command.name))) {
    const place = namespace === null ? '' : ` in namespace "${namespace}"`;
    return refused('object.exists', `no ${command.kind} "${command.name}"${place}`);
  }
  tellNow(system, 'api-server', {
    type: 'object.deleted',
    kind: command.kind,
    namespace,
    name: command.name,
  });
  return done();
}

function request(world: World, command: Extract<MeshCommand, { type: 'request' }>): CommandResult {
  const unknown = unknownDestination(world, command);
  if (unknown !== null) return unknown;
  return withPod(world, command.from, (record) => {
    const { count = 1, everyMs = 1_000 } = command;
    for (let index = 0; index < count; index += 1) {
      if (index === 0) startRequest(world, record, command);
      else world.clock.setTimeout(() => startRequest(world, record, command), index * everyMs);
    }
  });
}

function unknownDestination(
  world: World,
  { from, to }: Extract<MeshCommand, { type: 'request' }>,
): CommandResult | null {
  const { cluster } = world;
  const namespace = cluster.resolve(from)?.namespace ?? 'default';
  if (
    /^[\d.]+$/.test(to) ||
    serviceMeant(cluster, to, namespace) !== null ||
    cluster.workloads.has(to) ||
    cluster.pods.has(to)
  )
    return null;
  const known = [...cluster.services.keys(), ...cluster.workloads.keys()];
  return refused('destination.exists', `no service, workload or pod "${to}"`, suggest(to, known));
}

function closeConnection(world: World, name: string): CommandResult {
  const side = world.connections.client.get(world.connections.heldBy.get(name) ?? '');
  if (side === undefined) return refused('connection.exists', `no open connection "${name}"`);
  closeUpstream(world, side, 'closed by the caller');
  return done();
}

function fault(world: World, command: Extract<MeshCommand, { type: 'fault' }>): CommandResult {
  const { from, to, drop, delayMs } = command;
  const matches = (pattern: string, address: string): boolean => pattern === '*' || pattern === address;
  world.wire.setFault((link) => matches(from, link.from) && matches(to, link.to), {
    ...(drop === undefined ? {} : { drop }),
    ...(delayMs === undefined ? {} : { delayMs }),
  });
  return done();
}

function withWorkload(world: World, key: string, act: (key: string) => void): CommandResult {
  if (!world.cluster.workloads.has(key)) {
    return refused(
      'workload.exists',
      `no workload "${key}"`,
      suggest(key, [...world.cluster.workloads.keys()]),
    );
  }
  act(key);
  return done();
}

/** One line that says what was done, as an operator would type it. */
function describe(command: MeshCommand): string {
  switch (command.type) {
    case 'apply':
      return `kubectl apply -f ${command.file ?? 'manifest.yaml'}`;
    case 'apply-files':
      return `kubectl apply -f ${command.files.map((file) => file.name).join(' -f ')}`;
    case 'delete':
      return `kubectl delete ${command.kind.toLowerCase()} ${command.name}${command.namespace === undefined ? '' : ` -n ${command.namespace}`}`;
    case 'delete-pod':
      return `kubectl delete pod ${command.pod}`;
    case 'scale':
      return `kubectl scale ${command.workload} --replicas=${command.replicas}`;
    case 'restart':
      return `kubectl rollout restart ${command.workload}`;
    case 'request':
      return `kubectl exec ${command.from} -- curl ${command.to}${command.path ?? '/'}`;
    case 'close-connection':
      return `close ${command.connection}`;
    case 'stop-istiod':
      return 'kubectl scale deployment istiod -n istio-system --replicas=0';
    case 'start-istiod':
      return 'kubectl scale deployment istiod -n istio-system --replicas=1';
    case 'csr':
      return `CreateCertificate by hand from ${command.pod}${command.san === undefined ? '' : ` for ${command.san}`}`;
    case 'fault':
      return `fault on ${command.from} > ${command.to}`;
    case 'tamper':
      return `${command.action} the next ${command.message} of ${command.from} > ${command.to}`;
    case 'present':
      return `Envoy of ${command.pod} presents: ${command.certificate}${command.as === undefined ? '' : ` as ${command.as}`}`;
    case 'serve':
      return `Envoy of ${command.pod} serves ${command.tls ?? 'mutual'} TLS${command.earlyData === true ? ' with 0-RTT' : ''}`;
    case 'hijack':
      return `traffic for ${command.service} goes to ${command.to}`;
    case 'update-keys':
      return `KeyUpdate on ${command.connection}`;
    case 'heal':
      return 'heal every link';
    default:
      return describeTrustCommand(command);
  }
}
