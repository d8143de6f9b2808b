import type { SessionReport, SessionRequest } from '../../../src/scenario/protocol.ts';
import type { Line } from '../../../src/ui/worker/client.ts';

/** The worker's side of the line, played by a test. */
export class FakeLine implements Line {
  onmessage: Line['onmessage'] = null;
  onerror: Line['onerror'] = null;
  onmessageerror: Line['onmessageerror'] = null;
  readonly requests: SessionRequest[] = [];
  terminated = false;

  postMessage(request: SessionRequest): void {
    this.requests.push(request);
  }

  terminate(): void {
    this.terminated = true;
  }

  get last(): SessionRequest {
    const request = this.requests.at(-1);
    if (!request) throw new Error('nothing was asked');
    return request;
  }

  /** Sends a report, and lets the page act on it. */
  async report(report: SessionReport): Promise<void> {
    this.onmessage?.({ data: report } as MessageEvent<SessionReport>);
    await settled();
  }

  crash(message: string): void {
    this.onerror?.({ message, preventDefault: () => undefined } as ErrorEvent);
  }
}

export async function settled(): Promise<void> {
  await new Promise((done) => setTimeout(done));
}
