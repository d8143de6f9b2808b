import type { MeshSettings } from '../../mesh/settings.ts';
import { parseDuration } from '../../core/time/duration.ts';
import type { LearnerCommand } from '../protocol.ts';
import type { LessonCommand } from '../schema/command.ts';
import type { Pattern } from '../schema/pattern.ts';
import { translateAuthority, translateTrustCommand } from './translate-trust.ts';
import type { LessonSettings } from '../schema/settings.ts';

/** A command as the runner executes it: a lesson has two that a mesh does not know, waiting and not waiting. */
export type RunCommand =
  | { readonly type: 'command'; readonly command: LearnerCommand; readonly background: boolean }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'wait'; readonly pattern: Pattern };

/** Turns a command of a lesson file into one that can be run. `file` names YAML it applies in what the mesh records. */
export function translateCommand(command: LessonCommand, file: string): RunCommand {
  if ('wait' in command) return { type: 'wait', pattern: command.wait };
  if ('advance' in command) return translateAdvance(command.advance);
  const background = 'request' in command && command.request.background === true;
  return { type: 'command', command: toLearnerCommand(command, file), background };
}

type Advance = Extract<LessonCommand, { advance: unknown }>['advance'];

function translateAdvance(advance: Advance): RunCommand {
  if (typeof advance === 'string') return { type: 'advance', ms: duration(advance) };
  const by = duration(advance.by ?? '0s');
  const [moment, offsetMs] = 'before' in advance ? [advance.before, -by] : [advance.after, by];
  const command = { type: 'advance-to', moment, pod: advance.pod, offsetMs } as const;
  return { type: 'command', command, background: false };
}

type MeshLessonCommand = Exclude<LessonCommand, { wait: unknown } | { advance: unknown }>;

function toLearnerCommand(command: MeshLessonCommand, file: string): LearnerCommand {
  if ('apply' in command) return { type: 'apply', yaml: command.apply, file };
  if ('delete' in command) return { type: 'delete', ...command.delete };
  if ('deletePod' in command) return { type: 'delete-pod', pod: command.deletePod };
  if ('scale' in command) return { type: 'scale', ...command.scale };
  if ('restart' in command) return { type: 'restart', workload: command.restart };
  if ('closeConnection' in command) return { type: 'close-connection', connection: command.closeConnection };
  if ('stop' in command) return { type: 'stop-istiod', ...clusterIn(command.stop) };
  if ('start' in command) return { type: 'start-istiod', ...clusterIn(command.start) };
  if ('heal' in command) return { type: 'heal' };
  if ('tamper' in command) return { type: 'tamper', ...command.tamper };
  if ('present' in command) return { type: 'present', ...command.present };
  if ('serve' in command) return { type: 'serve', ...command.serve };
  if ('hijack' in command) return { type: 'hijack', ...command.hijack };
  if ('updateKeys' in command) return { type: 'update-keys', connection: command.updateKeys };
  if ('csr' in command) {
    const { ttl, ...csr } = command.csr;
    return { type: 'csr', ...csr, ...(ttl === undefined ? {} : { ttlMs: duration(ttl) }) };
  }
  if ('fault' in command) {
    const { delay, ...fault } = command.fault;
    return { type: 'fault', ...fault, ...(delay === undefined ? {} : { delayMs: duration(delay) }) };
  }
  if (!('request' in command)) return translateTrustCommand(command);
  const { every, background: _, ...request } = command.request;
  return { type: 'request', ...request, ...(every === undefined ? {} : { everyMs: duration(every) }) };
}

/** The cluster named in `istiod:busan`. */
function clusterIn(component: string): { readonly cluster?: string } {
  const [, cluster] = component.split(':');
  return cluster === undefined ? {} : { cluster };
}

/** Settings of a lesson in the units of the mesh. */
export function translateSettings(settings: LessonSettings): Partial<MeshSettings> {
  const { rootTtl, secretTtl, defaultWorkloadCertTtl, maxWorkloadCertTtl, ...rest } = settings;
  const { tokenTtl, latency, latencyJitter, termination, authorities, ...same } = rest;
  return {
    ...same,
    ...(authorities === undefined ? {} : { authorities: authorities.map(translateAuthority) }),
    ...inMs('rootTtlMs', rootTtl),
    ...inMs('secretTtlMs', secretTtl),
    ...inMs('defaultWorkloadCertTtlMs', defaultWorkloadCertTtl),
    ...inMs('maxWorkloadCertTtlMs', maxWorkloadCertTtl),
    ...(tokenTtl === undefined ? {} : { tokenTtlSeconds: Math.round(duration(tokenTtl) / 1000) }),
    ...inMs('latencyMs', latency),
    ...inMs('latencyJitterMs', latencyJitter),
    ...inMs('terminationMs', termination),
  };
}

function inMs<K extends keyof MeshSettings>(key: K, text: string | undefined): Partial<Record<K, number>> {
  return text === undefined ? {} : ({ [key]: duration(text) } as Record<K, number>);
}

/** Milliseconds of a duration that the schema has accepted. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`"${text}" passed the schema and is no duration`);
  return ms;
}
