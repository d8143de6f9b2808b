import type { AlertEvent, TlsEvent, TlsSession } from '../../core/tls/index.ts';
import { printable } from '../exit.ts';
import { groupName } from './options.ts';

/** What is told of a handshake, and what `--http` answers with. */
export interface SessionFacts {
  /** Who the peer proved to be; null where it presented no certificate. */
  readonly peer: string | null;
  readonly alpn: string | null;
  readonly resumed: boolean;
  readonly cipher: string;
  readonly group: string;
  readonly sni: string | null;
}

export function sessionFacts(session: TlsSession): SessionFacts {
  return {
    peer: session.peerIdentity,
    alpn: session.alpn,
    resumed: session.resumed,
    cipher: session.cipherSuite,
    group: groupName(session.group),
    sni: session.serverName,
  };
}

/** Tells of one connection, as JSON lines or for people. */
export class Reporter {
  readonly #json: boolean;
  readonly #print: (line: string) => void;
  readonly #label: string;

  /**
   * @param print where lines go to
   * @param label what tells this connection from others that go on beside it, for people; may be empty
   */
  constructor(json: boolean, print: (line: string) => void, label = '') {
    this.#json = json;
    this.#print = print;
    this.#label = label === '' ? '' : `${label}  `;
  }

  event(event: TlsEvent): void {
    if (event.kind === 'handshake') this.#handshake(sessionFacts(event.session));
    else if (event.kind === 'alert' && !isClosing(event)) this.#alert(event);
    else if (event.kind === 'keys-updated') {
      const sent = event.direction === 'sent';
      this.#say({ event: 'key-update', sent }, `keys updated (${event.direction})`);
    }
  }

  data(text: string): void {
    this.#say({ event: 'data', text }, text);
  }

  closed(): void {
    this.#say({ event: 'closed' }, 'closed');
  }

  #handshake(facts: SessionFacts): void {
    const words = [
      facts.peer ?? 'peer without certificate',
      facts.cipher,
      facts.group,
      facts.resumed ? 'resumed' : 'full handshake',
      ...(facts.alpn === null ? [] : [`ALPN ${facts.alpn}`]),
      ...(facts.sni === null ? [] : [`SNI ${facts.sni}`]),
    ];
    this.#say({ event: 'handshake', ...facts }, `handshake: ${words.join(', ')}`);
  }

  #alert({ direction, description, code, fault }: AlertEvent): void {
    const sent = direction === 'sent';
    const alert = description === 'unknown' ? `unknown (${code})` : description;
    const reason = fault?.reason ?? 'said by the peer';
    this.#say(
      { event: 'alert', sent, alert, reason },
      `alert ${sent ? 'sent' : 'received'}: ${alert}: ${reason}`,
    );
  }

  #say(json: object, text: string): void {
    this.#print(this.#json ? JSON.stringify(json) : this.#label + printable(text));
  }
}

/** Alerts that end a connection in order (RFC 9846 section 6.1). */
function isClosing({ description }: AlertEvent): boolean {
  return description === 'close_notify' || description === 'user_canceled';
}
