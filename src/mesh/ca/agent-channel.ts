import type { PodRecord } from '../cluster.ts';
import type { World } from '../world.ts';
import { CaChannel, type CaListener } from './channel.ts';

/** grpc-go's default (`idleTimeout` in dialoptions.go, since 1.59), which Istio's CA client leaves as it is. */
const idleTimeoutMs = 30 * 60_000;

/**
 * The agent's channel to istiod, opened where there is none to make a call on. As grpc-go does it is closed half an hour
 * after the last call ended; the next call, mostly a renewal, opens another.
 */
export function agentChannel(world: World, record: PodRecord, listener: CaListener): CaChannel {
  const runtime = world.runtimes.of(record.pod);
  const { alarms } = runtime;
  alarms.cancel('idle');
  if (runtime.caChannel?.isUsable === true) return runtime.caChannel;
  runtime.caChannel?.abandon();
  const client = {
    local: record.actors.agent,
    pod: record.pod,
    node: record.node,
    sourceIp: record.ip ?? '',
    plane: record.controlPlane,
  };
  const channel: CaChannel = new CaChannel(world, client, {
    answered: (incoming) => {
      if (runtime.caChannel === channel && channel.isUsable)
        alarms.set('idle', idleTimeoutMs, () => {
          runtime.caChannel = null;
          channel.close();
        });
      listener.answered(incoming);
    },
    lost: listener.lost,
  });
  runtime.caChannel = channel;
  return channel;
}
