import type { Problem } from '../problem.ts';
import type { LessonCommand } from '../schema/command.ts';
import type { Lesson } from '../schema/lesson.ts';
import { commandsOf, expectationsOf, type Placed } from '../walk.ts';
import type { Finding } from './finding.ts';
import type { KnownNames } from './names.ts';

type Report = (path: Finding['path'], problem: Problem | null) => void;

/** Names in commands and expectations that the lesson never brings into the world. */
export function checkNamesUsed(lesson: Lesson, names: KnownNames, report: Report): void {
  for (const command of commandsOf(lesson)) checkCommand(command, names, report);
  for (const { value, path } of expectationsOf(lesson)) {
    if ('identity' in value) report([...path, 'identity'], names.podProblem(value.identity));
    else if ('pod' in value) report([...path, 'pod'], names.podProblem(value.pod));
    else if ('certificate' in value) report([...path, 'certificate'], names.podProblem(value.certificate));
    else if ('request' in value) checkPair(value.request, [...path, 'request'], names, report);
  }
}

function checkCommand({ value, path }: Placed<LessonCommand>, names: KnownNames, report: Report): void {
  if ('request' in value) checkPair(value.request, [...path, 'request'], names, report);
  else if ('deletePod' in value) report([...path, 'deletePod'], names.podProblem(value.deletePod));
  else if ('restart' in value) report([...path, 'restart'], names.podProblem(value.restart));
  else if ('scale' in value) report([...path, 'scale', 'workload'], names.podProblem(value.scale.workload));
  else if ('tamper' in value) checkPair(value.tamper, [...path, 'tamper'], names, report);
  else if ('present' in value) {
    for (const key of ['pod', 'as'] as const) {
      const pod = value.present[key];
      if (pod !== undefined) report([...path, 'present', key], names.podProblem(pod));
    }
  } else if ('serve' in value) report([...path, 'serve', 'pod'], names.podProblem(value.serve.pod));
  else if ('hijack' in value) {
    report([...path, 'hijack', 'service'], names.targetProblem(value.hijack.service));
    report([...path, 'hijack', 'to'], names.podProblem(value.hijack.to));
  } else if ('csr' in value) report([...path, 'csr', 'pod'], names.podProblem(value.csr.pod));
  else if ('delete' in value) {
    const { kind, namespace = 'default', name } = value.delete;
    report([...path, 'delete', 'name'], names.resourceProblem(kind, namespace, name));
  } else if ('fault' in value) {
    for (const end of ['from', 'to'] as const) {
      const pod = /^\w+:(.*)$/.exec(value.fault[end])?.[1];
      if (pod !== undefined) report([...path, 'fault', end], names.podProblem(pod));
    }
  } else if ('advance' in value && typeof value.advance !== 'string') {
    report([...path, 'advance', 'pod'], names.podProblem(value.advance.pod));
  }
}

function checkPair(
  { from, to }: { readonly from: string; readonly to: string },
  path: Finding['path'],
  names: KnownNames,
  report: Report,
): void {
  report([...path, 'from'], names.podProblem(from));
  report([...path, 'to'], names.targetProblem(to));
}

/** Connections that are used or closed but held by no request of the lesson. */
export function checkConnections(lesson: Lesson, report: Report): void {
  const commands = [...commandsOf(lesson)];
  const held = new Set(
    commands.flatMap(({ value }) => ('request' in value ? (value.request.hold ?? []) : [])),
  );
  const check = (path: Finding['path'], name: string | undefined): void => {
    if (name === undefined || held.has(name)) return;
    const message = `no request holds a connection named "${name}"`;
    const hint = held.size > 0 ? `held: ${[...held].join(', ')}` : 'hold one open with hold: <name>';
    report(path, { rule: 'unknown-connection', message, hint });
  };
  for (const { value, path } of commands) {
    if ('request' in value) check([...path, 'request', 'on'], value.request.on);
    else if ('closeConnection' in value) check([...path, 'closeConnection'], value.closeConnection);
    else if ('updateKeys' in value) check([...path, 'updateKeys'], value.updateKeys);
  }
}
