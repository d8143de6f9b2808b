import { didYouMean } from '../../core/kubernetes/suggest.ts';
import type { Problem } from '../problem.ts';
import type { LessonCommand } from '../schema/command.ts';
import type { Lesson } from '../schema/lesson.ts';
import { commandsOf } from '../walk.ts';
import type { Finding } from './finding.ts';

type Report = (path: Finding['path'], problem: Problem | null) => void;

/** CAs and clusters that settings and commands name and that are never made; a CA that stands before its parent. */
export function checkTrustNames(lesson: Lesson, report: Report): void {
  const { authorities = [], clusters = [], cluster = 'Kubernetes' } = lesson.mesh.settings ?? {};
  const settings = ['mesh', 'settings'] as const;
  const known = new Set<string>();
  for (const [index, { id, parent }] of authorities.entries()) {
    const path = [...settings, 'authorities', index];
    if (known.has(id))
      report([...path, 'id'], { rule: 'duplicate-name', message: `two CAs are called "${id}"` });
    if (parent !== undefined && !known.has(parent))
      report([...path, 'parent'], unknown('CA', parent, known, 'a CA stands after its parent'));
    known.add(id);
  }
  for (const [index, { issuer, roots = [] }] of clusters.entries()) {
    const path = [...settings, 'clusters', index];
    if (issuer !== undefined && !known.has(issuer)) report([...path, 'issuer'], unknown('CA', issuer, known));
    for (const [at, root] of roots.entries())
      if (!known.has(root)) report([...path, 'roots', at], unknown('CA', root, known));
  }
  const named: readonly { readonly name: string; readonly issuer?: string }[] =
    clusters.length === 0 ? [{ name: cluster }] : clusters;
  const clusterNames = new Set(named.map(({ name }) => name));
  // The CA that an istiod makes for itself.
  for (const [index, { name, issuer }] of named.entries())
    if (issuer === undefined) known.add(index === 0 ? 'istiod' : `istiod-${name}`);
  for (const { value } of commandsOf(lesson))
    if ('createAuthority' in value) known.add(value.createAuthority.id);
  for (const { value, path } of commandsOf(lesson)) {
    for (const [key, id] of authoritiesIn(value))
      if (!known.has(id)) report([...path, key], unknown('CA', id, known));
    const wanted = clusterIn(value);
    if (wanted !== null && !clusterNames.has(wanted)) report(path, unknown('cluster', wanted, clusterNames));
  }
}

function authoritiesIn(command: LessonCommand): [key: string, id: string][] {
  if ('createAuthority' in command) {
    const { parent } = command.createAuthority;
    return parent === undefined ? [] : [['createAuthority', parent]];
  }
  if ('renewAuthority' in command) return [['renewAuthority', command.renewAuthority.authority]];
  if ('crossSign' in command)
    return [command.crossSign.authority, command.crossSign.by].map((id) => ['crossSign', id]);
  if ('bringOnline' in command) return [['bringOnline', command.bringOnline]];
  if ('takeOffline' in command) return [['takeOffline', command.takeOffline]];
  if ('publishCrl' in command) return [['publishCrl', command.publishCrl.authority]];
  if ('cacerts' in command) {
    const { issuer, roots = [] } = command.cacerts;
    return [...(issuer === undefined ? [] : [issuer]), ...roots].map((id) => ['cacerts', id]);
  }
  if ('meshAnchors' in command)
    return command.meshAnchors.anchors.map(({ authority }) => ['meshAnchors', authority]);
  if ('revoke' in command) return keyHolder('revoke', command.revoke);
  if ('steal' in command) return keyHolder('steal', command.steal);
  if ('blastRadius' in command) return keyHolder('blastRadius', command.blastRadius);
  if ('present' in command && command.present.key !== undefined) return [['present', command.present.key]];
  return [];
}

function keyHolder(
  key: string,
  of: { readonly authority: string } | { readonly pod: string },
): [key: string, id: string][] {
  return 'authority' in of ? [[key, of.authority]] : [];
}

function clusterIn(command: LessonCommand): string | null {
  if ('cacerts' in command) return command.cacerts.cluster ?? null;
  if ('multiRoot' in command) return command.multiRoot.cluster ?? null;
  if ('meshAnchors' in command) return command.meshAnchors.cluster ?? null;
  if ('skewClock' in command) return command.skewClock.istiod ?? null;
  if ('stop' in command) return command.stop.split(':')[1] ?? null;
  return 'start' in command ? (command.start.split(':')[1] ?? null) : null;
}

function unknown(what: string, value: string, candidates: Iterable<string>, otherwise?: string): Problem {
  const hint = didYouMean(value, candidates) ?? otherwise;
  const message = `unknown ${what} "${value}"`;
  return hint === undefined ? { rule: 'unknown-name', message } : { rule: 'unknown-name', message, hint };
}
