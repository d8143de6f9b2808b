/// <reference lib="webworker" />
import { nativeCrypto } from '../../core/crypto/index.ts';
import type { SessionReport, SessionRequest } from '../../scenario/protocol.ts';
import { createSession } from '../../scenario/session/session.ts';

// The world's thread. An error that escapes here reaches the page as the worker's `error` event.
declare const self: DedicatedWorkerGlobalScope;

const session = createSession((report: SessionReport) => self.postMessage(report), {
  provider: nativeCrypto,
  monotonic: () => performance.now(),
});

self.onmessage = ({ data }: MessageEvent<SessionRequest>) => session.handle(data);

// A promise that nobody awaited is a bug as well, and no event of the worker.
self.addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});
