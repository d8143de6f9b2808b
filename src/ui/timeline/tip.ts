import { splitPodRef } from '../../projection/actor.ts';
import { describeEntry } from '../../projection/log.ts';
import type { TimelineModel } from '../../projection/timeline-model.ts';
import type { Entry } from '../../trace/entry.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';
import { dayAndMinute, dayAndTime } from './clock.ts';
import type { Hit } from './rows.ts';

/** What stands at the pointer: a mark in the words of the event log, or a certificate with its end. */
export function hitText(hit: Hit, entries: readonly Entry[], model: TimelineModel, i18n: I18n): string {
  if (hit.type === 'mark') {
    const entry = entries[hit.mark.seq];
    if (entry === undefined) return '';
    return `${dayAndTime(model.epochMs + entry.atMs, i18n.language)}\n${entryText(entry, i18n)}`;
  }
  if (hit.type === 'ca') {
    const ca = hit.authority.certificates[hit.index];
    if (ca === undefined) return '';
    const until = dayAndMinute(model.epochMs + ca.untilMs, i18n.language);
    return i18n.find('timeline_tip_ca', { authority: hit.authority.name, until }) ?? '';
  }
  const bar = hit.pod.certificates[hit.index];
  if (bar === undefined) return '';
  const until = dayAndMinute(model.epochMs + bar.notAfterMs, i18n.language);
  const params = { workload: splitPodRef(hit.pod.ref).name, generation: bar.generation, until };
  return `${i18n.find('timeline_tip_certificate', params) ?? ''}\n${bar.spiffeId}`;
}

/** An entry as a sentence of the event log. */
export function entryText(entry: Entry, i18n: I18n): string {
  const { id, params } = describeEntry(entry);
  return i18n.find(`timeline_event_${id}`, params) ?? entry.kind;
}
