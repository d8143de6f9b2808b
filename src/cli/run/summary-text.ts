import { formatDuration } from '../../core/time/duration.ts';
import { shellWord } from '../../projection/inspect/proof.ts';
import { placeOf, printable } from '../exit.ts';
import { coloured } from '../output.ts';
import { formatTable } from '../table.ts';
import type { LessonFailure, LessonOutcome, PodSummary, Summary } from './summary.ts';

/** A summary for a person to read. */
export function summaryText(summary: Summary): string {
  const sections = [headline(summary), podTable(summary), factTable(summary), lessonLines(summary.lesson)];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headline({ inputs, interrupted, seed, time, lesson }: Summary): string {
  const subject = lesson === null ? inputs.map(printable).join(', ') : `${lesson.id}, ${stepsOf(lesson)}`;
  const pace = `${formatDuration(wholeSeconds(time.virtualMs))} of virtual time in ${seconds(time.realMs)}`;
  const ended = interrupted ? `${coloured(process.stdout, 'yellow', 'interrupted')} after ` : '';
  return `${subject}: ${ended}${pace}, seed ${seed}`;
}

function stepsOf({ steps }: LessonOutcome): string {
  return steps.done === steps.total ? `${steps.total} steps` : `${steps.done} of ${steps.total} steps`;
}

function podTable({ pods }: Summary): string {
  if (pods.length === 0) return 'no pods';
  const header = ['NAMESPACE', 'POD', 'READY', 'IDENTITY', 'SERIAL NUMBER', 'NOT AFTER'];
  return formatTable(header, pods.map(podRow));
}

function podRow({
  namespace,
  name,
  ready,
  terminating,
  injected,
  spiffeId,
  certificate,
}: PodSummary): string[] {
  const identity = spiffeId ?? (injected ? 'none yet' : 'none: no sidecar');
  const readiness = terminating ? 'terminating' : ready ? 'yes' : coloured(process.stdout, 'yellow', 'no');
  if (certificate === null) return [namespace, name, readiness, identity, '-', '-'];
  const { serialNumber, notAfter, expired } = certificate;
  const end = expired ? coloured(process.stdout, 'red', `${notAfter} (expired)`) : notAfter;
  return [namespace, name, readiness, identity, serialNumber, end];
}

function factTable(summary: Summary): string {
  const { time, certificatesIssued, rotations, requests, events, podsDeleted } = summary;
  const facts: [string, string][] = [
    ['virtual time', `${time.begin} to ${time.end}`],
    ['certificates', `${certificatesIssued} issued, ${rotations} of them by rotation`],
    ['failures', failureText(summary.failures)],
  ];
  if (requests.sent > 0) {
    const { sent, allowed, refused, failed } = requests;
    facts.push(['requests', `${sent}: ${allowed} allowed, ${refused} refused, ${failed} failed`]);
  }
  facts.push(['events', String(events)]);
  if (podsDeleted > 0) facts.push(['deleted pods', deletedText(summary)]);
  if (summary.trace !== null) facts.push(['trace', printable(summary.trace)]);
  if (summary.export !== null)
    facts.push(['export', `${summary.export.files} files in ${printable(summary.export.directory)}`]);
  const proof = proofOf(summary);
  if (proof !== null) facts.push(['prove it', proof]);
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}

function deletedText({ podsDeleted, export: exported }: Summary): string {
  if (exported === null) return String(podsDeleted);
  return `${podsDeleted}; their keys and tokens are gone with them, their certificates are in issued/`;
}

function failureText(failures: Summary['failures']): string {
  const { renewals, certificateRequests, pods, certificatesExpired } = failures;
  const parts = [
    [renewals, 'renewal attempts failed'],
    [certificateRequests, 'requests for a certificate refused'],
    [certificatesExpired, 'certificates expired in use'],
    [pods, 'times a pod could not be created'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? 'none' : parts.map((part) => part.join(' ')).join(', ');
}

/** A command of OpenSSL's that accepts the first chain at the end of the run. */
function proofOf({ pods, export: exported, time }: Summary): string | null {
  const pod = pods.find(({ certificate }) => certificate !== null && !certificate.expired);
  if (exported === null || pod === undefined) return null;
  const at = Math.floor(Date.parse(time.end) / 1000);
  const inside = (path: string): string => shellWord(`${exported.directory}/${path}`);
  const chain = inside(`pods/${pod.namespace}/${pod.name}/cert-chain.pem`);
  return `openssl verify -x509_strict -purpose sslserver -attime ${at} -CAfile ${inside('ca/root-cert.pem')} ${chain}`;
}

function lessonLines(lesson: LessonOutcome | null): string {
  if (lesson === null) return '';
  const { failures, expectations } = lesson;
  if (failures.length === 0) return coloured(process.stdout, 'green', `all ${expectations} expectations met`);
  return failures.map(failureLine).join('\n');
}

/** `rotation.yaml:31: step "renewal": expected …, saw …` */
export function failureLine(failure: LessonFailure): string {
  const { file, line, step, expected, seen } = failure;
  return printable(`${placeOf({ file, line })}step "${step}": expected ${expected}; saw ${seen}`);
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function seconds(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(wholeSeconds(ms));
}
