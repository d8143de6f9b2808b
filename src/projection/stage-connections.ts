import type { EntryOf } from '../trace/entry.ts';
import type { LinkModel, LinkRefusal, MessageEnd, StageState } from './stage-model.ts';
import { refusalReason } from './refusal.ts';
import type { StageHandlers } from './stage-draft.ts';

/** Lines that show a closed or refused attempt are kept for the latest pairs only, or the stage fills up. */
const CLOSED_LINKS_KEPT = 12;

export const connectionHandlers: StageHandlers = {
  'message.sent': (draft, { seq, atMs, data }) => {
    forgetEnded(draft, atMs);
    const { message: id, from, to, protocol, label, artefact, size, dueAtMs } = data;
    draft.messages.set(id, {
      id,
      from,
      to,
      protocol,
      label,
      artefact,
      size,
      seq,
      sentAtMs: atMs,
      dueAtMs,
      ended: null,
    });
  },
  'message.delivered': (draft, { seq, atMs, data }) => {
    endMessage(draft, data.message, { how: 'delivered', atMs, seq, reason: null });
  },
  'message.dropped': (draft, { seq, atMs, data }) => {
    endMessage(draft, data.message, { how: 'dropped', atMs, seq, reason: data.reason });
  },
  'connection.opened': (draft, entry) => {
    const { data } = entry;
    changeLink(draft, data.from, data.to, entry, (link) => ({
      security: data.security,
      peer: data.peer,
      connection: data.connection,
      open: data.held ? [data.connection, ...link.open] : [...link.open, data.connection],
      held: link.held || data.held,
      refusal: null,
    }));
  },
  'connection.refused': (draft, entry) => {
    const { data } = entry;
    const { by, side, message } = data;
    const reason = refusalReason(data);
    changeLink(draft, data.from, data.to, entry, (link) => {
      // In TLS 1.3 the caller may hold a connection open that the callee then refuses; the callee's reason counts.
      const open = link.open.filter((id) => id !== data.connection);
      const held = link.held && open.length > 0;
      if (link.refusal !== null && link.connection === data.connection) return { open, held };
      return {
        open,
        held,
        connection: data.connection,
        refusal: { by, side, reason, message },
        refused: link.refused + 1,
      };
    });
  },
  'connection.closed': (draft, { seq, atMs, data }) => {
    for (const link of draft.links.values()) {
      if (!link.open.includes(data.connection)) continue;
      const open = link.open.filter((id) => id !== data.connection);
      draft.links.set(link.key, {
        ...link,
        open,
        held: link.held && open.length > 0,
        lastSeq: seq,
        lastAtMs: atMs,
      });
      return;
    }
  },
  'request.answered': (draft, entry) => {
    const { data } = entry;
    const request = { id: data.request, status: data.status, answered: true };
    changeLink(draft, data.from, data.to, entry, (link) => {
      if (data.outcome === 'allowed') return { request, refusal: null, allowed: link.allowed + 1 };
      // A refused connection has already said why; the answer would only say it again in HTTP's words.
      const told = link.refusal !== null && link.connection === data.connection;
      return {
        request,
        refusal: told ? link.refusal : refusalOf(data),
        refused: link.refused + (told ? 0 : 1),
      };
    });
  },
};

function refusalOf(data: EntryOf<'request.answered'>['data']): LinkRefusal {
  const side = data.by === 'NetworkPolicy' ? 'network' : data.by === 'Endpoint' ? 'client' : 'server';
  return { by: data.by, side, reason: data.reason, message: String(data.status) };
}

function changeLink(
  draft: StageState,
  from: string,
  to: string,
  entry: { readonly seq: number; readonly atMs: number },
  change: (link: LinkModel) => Partial<LinkModel>,
): void {
  const key = `${from}>${to}`;
  const link = draft.links.get(key) ?? newLink(key, from, to);
  draft.links.set(key, { ...link, ...change(link), lastSeq: entry.seq, lastAtMs: entry.atMs });
  forgetClosed(draft);
}

function newLink(key: string, from: string, to: string): LinkModel {
  return {
    key,
    from,
    to,
    security: null,
    peer: null,
    open: [],
    held: false,
    refusal: null,
    connection: null,
    request: null,
    allowed: 0,
    refused: 0,
    lastSeq: 0,
    lastAtMs: 0,
  };
}

function forgetClosed(draft: StageState): void {
  const closed = [...draft.links.values()].filter((link) => link.open.length === 0);
  if (closed.length <= CLOSED_LINKS_KEPT) return;
  const oldest = closed.reduce((a, b) => (a.lastSeq < b.lastSeq ? a : b));
  draft.links.delete(oldest.key);
}

function endMessage(draft: StageState, id: string, ended: MessageEnd): void {
  const message = draft.messages.get(id);
  if (message !== undefined) draft.messages.set(id, { ...message, ended });
}

function forgetEnded(draft: StageState, atMs: number): void {
  for (const { id, ended } of draft.messages.values()) {
    if (ended !== null && ended.atMs < atMs) draft.messages.delete(id);
  }
}
