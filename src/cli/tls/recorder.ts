import { closeSync, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import {
  type CapturedFrame,
  type Endpoint,
  pcapngHeader,
  pcapngPacket,
  pcapngSecrets,
  TcpConversation,
} from '../../core/capture/index.ts';
import { keyLogLine, type TlsEvent } from '../../core/tls/index.ts';
import { UnusableInput } from '../exit.ts';
import { codeOf } from '../run/trace-file.ts';

/**
 * The key log and the capture of one command. Both are written as things happen, so that Wireshark can follow them and
 * an end without warning leaves them whole. Writing is synchronous: nothing may pile up in memory.
 */
export class Recorder {
  #keyLog: OutputFile | null;
  #capture: OutputFile | null;

  /** @throws UnusableInput where a file cannot be written */
  constructor({ keylog, pcap }: { readonly keylog?: string; readonly pcap?: string }) {
    // As other tools treat SSLKEYLOGFILE: what is there stays, and only its owner may read it.
    this.#keyLog = keylog === undefined ? null : new OutputFile('--keylog', keylog, 'a');
    this.#capture = pcap === undefined ? null : new OutputFile('--pcap', pcap, 'w');
    this.#capture?.write(pcapngHeader());
  }

  /** Begins to record a connection whose transport is up. */
  connection(socket: Socket, role: 'client' | 'server'): ConnectionRecorder {
    return new ConnectionRecorder(this, this.#capture === null ? null : conversationOf(socket, role), role);
  }

  secrets(lines: string): void {
    if (lines === '') return;
    this.#keyLog?.write(Buffer.from(lines));
    this.#capture?.write(pcapngSecrets(lines));
  }

  frames(frames: readonly CapturedFrame[]): void {
    for (const frame of frames) this.#capture?.write(pcapngPacket(frame));
  }

  /** Nothing more is recorded. */
  close(): void {
    this.#keyLog?.close();
    this.#capture?.close();
    this.#keyLog = null;
    this.#capture = null;
  }
}

/** What one connection adds to the files. */
export class ConnectionRecorder {
  readonly #recorder: Recorder;
  readonly #conversation: TcpConversation | null;
  readonly #own: 'client' | 'server';
  readonly #peer: 'client' | 'server';
  readonly #ended = new Set<'client' | 'server'>();

  constructor(recorder: Recorder, conversation: TcpConversation | null, role: 'client' | 'server') {
    this.#recorder = recorder;
    this.#conversation = conversation;
    this.#own = role;
    this.#peer = role === 'client' ? 'server' : 'client';
    if (conversation !== null) recorder.frames(conversation.open(nowUs()));
  }

  /** Secrets go before the packets that they decrypt, so a piece is recorded when it has been understood. */
  exchanged(
    received: { readonly atUs: number; readonly bytes: Uint8Array } | null,
    sent: Uint8Array,
    events: readonly TlsEvent[],
  ): void {
    const lines = events.map(keyLogLine).filter((line) => line !== null);
    this.#recorder.secrets(lines.map((line) => `${line}\n`).join(''));
    if (received !== null) this.#data(received.atUs, this.#peer, received.bytes);
    this.#data(nowUs(), this.#own, sent);
  }

  /** A side ended its direction of the transport. */
  ended(who: 'own' | 'peer', how: 'fin' | 'reset' = 'fin'): void {
    const from = who === 'own' ? this.#own : this.#peer;
    if (this.#conversation === null || this.#ended.has(from)) return;
    this.#ended.add(from);
    if (how === 'reset') this.#ended.add('client').add('server');
    this.#recorder.frames(this.#conversation.take({ kind: how, atUs: nowUs(), from }));
  }

  #data(atUs: number, from: 'client' | 'server', bytes: Uint8Array): void {
    if (this.#conversation === null || bytes.length === 0 || this.#ended.has(from)) return;
    this.#recorder.frames(this.#conversation.take({ kind: 'data', atUs, from, bytes }));
  }
}

/** Microseconds since 1970. */
export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function conversationOf(socket: Socket, role: 'client' | 'server'): TcpConversation {
  const own: Endpoint = { ip: bare(socket.localAddress), port: socket.localPort ?? 0 };
  const peer: Endpoint = { ip: bare(socket.remoteAddress), port: socket.remotePort ?? 0 };
  const [client, server] = role === 'client' ? [own, peer] : [peer, own];
  return new TcpConversation(client, server, nowUs());
}

/** Without the zone that link-local addresses carry. */
function bare(address = ''): string {
  return address.replace(/%.*$/, '');
}

class OutputFile {
  readonly #what: string;
  readonly #file: number;

  constructor(option: string, path: string, flags: 'a' | 'w') {
    this.#what = `${option} ${path}`;
    this.#file = this.#trying(() => openSync(path, flags, 0o600));
  }

  write(bytes: Uint8Array): void {
    this.#trying(() => {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  #trying<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw new UnusableInput({
        message: `${this.#what}: cannot be written`,
        value: codeOf(error),
        hint: 'name a file in a directory that exists, may be written to and has room',
      });
    }
  }
}
