import type { AgentSecret } from '../runtime.ts';
import type { World } from '../world.ts';

/** Key and chain of a workload that somebody has copied. */
export interface StolenSecret {
  readonly secret: AgentSecret;
  /** `namespace/name` of the Deployment whose pod had it. */
  readonly workload: string;
}

/** What was stolen from a pod, or last from any pod of its workload: a copy outlives the pod it was made of. */
export function stolenSecretOf(world: World, selector: string): AgentSecret | null {
  const record = world.cluster.resolve(selector);
  const exact = world.stolenSecrets.get(record?.pod ?? selector);
  if (exact !== undefined) return exact.secret;
  const workload = record?.workload.key ?? selector;
  const others = [...world.stolenSecrets.values()].filter((each) => each.workload === workload);
  return others.at(-1)?.secret ?? null;
}
