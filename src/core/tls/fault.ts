import { ByteError } from '../bytes/index.ts';
import type { AlertDescription } from './alert.ts';
import type { TlsFault } from './event.ts';
import type { PeerVerdict } from './peer/verdict.ts';

/**
 * The end of a connection, on its way from where it was noticed to the engine that sends the alert. It does not leave
 * core/tls.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly alert: AlertDescription;
  readonly rule: string;
  readonly section: string | null;
  readonly verdict: PeerVerdict | null;

  constructor(
    alert: AlertDescription,
    rule: string,
    reason: string,
    section: string | null = null,
    verdict: PeerVerdict | null = null,
  ) {
    super(reason);
    this.alert = alert;
    this.rule = rule;
    this.section = section;
    this.verdict = verdict;
  }

  describe(): TlsFault {
    return {
      alert: this.alert,
      rule: this.rule,
      reason: this.message,
      section: this.section,
      verdict: this.verdict,
    };
  }
}

/** Anything thrown while a peer's bytes were handled, as the fault it means. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof ByteError)
    return new Fault('decode_error', 'message.syntax', `a message cannot be read: ${error.message}`, '6.2');
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Fault('internal_error', 'internal', reason, '6.2');
}
