import { connect as connectSocket, type Socket } from 'node:net';
import { nativeCrypto } from '../../core/crypto/index.ts';
import { createTlsClient, type TlsClientConfig, type TlsTicket } from '../../core/tls/index.ts';
import { exitCode, UnusableInput } from '../exit.ts';
import { openReadable } from '../input.ts';
import { Interrupt } from '../interrupt.ts';
import { coloured, printError, printResult } from '../output.ts';
import { codeOf } from '../run/trace-file.ts';
import { converse, handshakeMs, type Talk } from './conversation.ts';
import { readCertificates, readCredential } from './material.ts';
import { type HostAndPort, momentOf, type TlsOptions } from './options.ts';
import { dataPrinter } from './printer.ts';
import { Recorder } from './recorder.ts';
import { Reporter } from './reporter.ts';
import { type Ended, Transport } from './transport.ts';
import { type Expected, verifierOf } from './verify.ts';

export interface ConnectOptions extends TlsOptions {
  readonly roots: string;
  readonly serverId?: string;
  readonly serverName?: string;
  readonly sni?: string;
  readonly send?: string;
  readonly resume?: true;
  readonly keyUpdate?: true;
}

/** `svidlab tls connect`. Resolves with the exit code. */
export async function connect(address: HostAndPort, options: ConnectOptions): Promise<number> {
  const config = await configOf(options);
  const source = options.send === undefined ? null : await openReadable(options.send);
  const recorder = new Recorder(options);
  const interrupt = new Interrupt(() => recorder.close());
  try {
    await talk(address, options, config, { source, signal: interrupt.signal, recorder });
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    if (interrupt.signal.aborted) return exitCode.ok;
    if (error.message !== '') printError(`${coloured(process.stderr, 'red', 'error')}  ${error.message}`);
    return exitCode.handshakeFailed;
  } finally {
    interrupt.close();
    recorder.close();
    source?.destroy();
  }
}

async function configOf(options: ConnectOptions): Promise<TlsClientConfig> {
  const { cert, key, serverId, serverName, alpn, groups } = options;
  if (serverId !== undefined && serverName !== undefined) {
    throw new UnusableInput({
      message: '--server-id and --server-name exclude each other',
      hint: 'a server proves one name: its SPIFFE ID, or a DNS name; --sni asks for another name',
    });
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new UnusableInput({
      message: `--${cert === undefined ? 'key' : 'cert'} is given without --${cert === undefined ? 'cert' : 'key'}`,
      hint: 'name both, or neither to present no certificate',
    });
  }
  const credential = cert === undefined || key === undefined ? null : await readCredential(cert, key);
  const expected: Expected =
    serverId !== undefined
      ? { kind: 'spiffe-ids', ids: [serverId] }
      : serverName !== undefined
        ? { kind: 'dns-name', name: serverName }
        : { kind: 'anybody' };
  const sni = options.sni ?? serverName;
  return {
    provider: nativeCrypto,
    nowMs: () => Date.now(),
    annotate: false,
    credential,
    verifyPeer: verifierOf(await readCertificates(options.roots), expected, momentOf(options)),
    ...(sni === undefined ? {} : { serverName: sni }),
    ...(alpn === undefined ? {} : { alpn }),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** There was no handshake, or no end as it should be; the message is empty where events told all. */
class Failed extends Error {}

async function talk(
  address: HostAndPort,
  options: ConnectOptions,
  config: TlsClientConfig,
  aid: Pick<Talk, 'source' | 'signal'> & { readonly recorder: Recorder },
): Promise<void> {
  const print = dataPrinter(options.json === true);
  const one = async (
    ticket: TlsTicket | null,
    what: Omit<Talk, 'signal' | 'print'>,
  ): Promise<TlsTicket | null> => {
    const socket = await dial(address, aid.signal);
    const reporter = new Reporter(options.json === true, options.json === true ? printResult : printError);
    const transport = new Transport(socket, createTlsClient({ ...config, ticket }), aid.recorder, reporter);
    const { ended, ticket: received } = await converse(transport, { ...what, signal: aid.signal, print });
    if (!aid.signal.aborted) judge(ended);
    return received;
  };
  let ticket: TlsTicket | null = null;
  if (options.resume === true) {
    ticket = await one(null, { source: null, updateKeys: false, untilTicket: true });
    if (aid.signal.aborted) return;
    if (ticket === null) throw new Failed('the server sent no ticket to resume with');
  }
  const updateKeys = options.keyUpdate === true;
  await one(ticket, { source: aid.source, updateKeys, untilTicket: false });
}

function judge({ how, session }: Ended): void {
  if (how === 'alert') throw new Failed('');
  if (session === null)
    throw new Failed(
      `the connection ended before the handshake was done, which may take ${handshakeMs / 1000} s`,
    );
  if (how !== 'clean')
    throw new Failed('the server ended the connection without close_notify: what came may be cut off');
}

function dial({ host, port }: HostAndPort, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, allowHalfOpen: true, signal });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(dialError(host, port, error)));
  });
}

function dialError(host: string, port: number, error: Error): Error {
  const code = codeOf(error);
  if (code === 'ABORT_ERR') return new Failed('');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new UnusableInput({
      message: `${host}: no address is known for this name`,
      rule: 'host',
      value: code,
      hint: 'name a host that resolves, or an address; --sni and --server-name say what to ask for there',
    });
  }
  return new Failed(`${host}:${port}: no connection (${code}); is a server listening there?`);
}
