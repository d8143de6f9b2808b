import { suggest } from '../core/kubernetes/suggest.ts';
import type { CommandRefusal, CommandResult } from './command.ts';
import type { PodRecord } from './cluster.ts';
import type { World } from './world.ts';

/** Does something with the pod a selector means; refused where it means none. */
export function withPod(
  world: World,
  selector: string,
  act: (record: PodRecord) => CommandResult | undefined,
): CommandResult {
  const record = world.cluster.resolve(selector);
  if (record === null) {
    const known = [...world.cluster.workloads.keys(), ...world.cluster.pods.keys()];
    return refused('pod.exists', `no pod or workload "${selector}"`, suggest(selector, known));
  }
  const result = act(record);
  return result?.ok === false ? result : { ok: true, pods: [record.pod] };
}

export function refused(rule: string, message: string, near: string | null = null): CommandResult {
  const refusal: CommandRefusal =
    near === null ? { rule, message } : { rule, message, hint: `did you mean "${near}"?` };
  return { ok: false, refusals: [refusal] };
}

export function done(): CommandResult {
  return { ok: true, pods: [] };
}
