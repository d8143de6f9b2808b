import type { TlsEvent } from '../../core/tls/index.ts';

/** What a flight is called on its way: its messages, the alert in it, or the data it carries. */
export function flightLabel(events: readonly TlsEvent[]): string {
  const names: string[] = [];
  for (const event of events) {
    if (event.kind === 'message' && event.direction === 'sent') names.push(event.type);
    if (event.kind === 'alert' && event.direction === 'sent')
      names.push(event.description === 'close_notify' ? 'close_notify' : `alert ${event.description}`);
    if (event.kind === 'record' && event.direction === 'sent' && event.innerType === 'application_data')
      names.push('application data');
  }
  const distinct = [...new Set(names)];
  const [first = 'records', ...rest] = distinct;
  const last = rest.at(-1);
  if (last === undefined) return names.length > 1 ? `${first} × ${names.length}` : first;
  return rest.length === 1 ? `${first}, ${last}` : `${first} … ${last}`;
}
