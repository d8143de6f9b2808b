import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';
import { onTestFailed, onTestFinished } from 'vitest';
import { until } from '../../support/until.ts';

/** An `openssl s_server` or `s_client` that runs beside a test. */
export class OpensslProcess {
  stdout = Buffer.alloc(0);
  stderr = '';
  code: number | null = null;
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[]) {
    this.#child = spawn('openssl', args, { stdio: 'pipe' });
    this.#child.stdin!.on('error', () => undefined);
    const pieces: Buffer[] = [];
    this.#child.stdout!.on('data', (data: Buffer) => {
      pieces.push(data);
      this.#stale = true;
    });
    this.#pieces = pieces;
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        this.code = code;
        resolve(code);
      });
    });
    onTestFailed(() =>
      console.error(`openssl ${args[0]} (ended: ${this.code}):\n${this.output.slice(-3000)}`),
    );
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  readonly #pieces: Buffer[];
  #stale = false;

  bytes(): Buffer {
    if (this.#stale) {
      this.stdout = Buffer.concat(this.#pieces);
      this.#pieces.splice(0, this.#pieces.length, this.stdout);
      this.#stale = false;
    }
    return this.stdout;
  }

  get text(): string {
    return this.bytes().toString('utf8');
  }

  /** Everything it said. */
  get output(): string {
    return this.text + this.stderr;
  }

  /** Writes to its standard input: data for the peer, or one of its commands. */
  type(text: string | Uint8Array): void {
    this.#child.stdin!.write(text);
  }

  endInput(): void {
    this.#child.stdin!.end();
  }

  /** Waits for words in what it prints. Its own words are buffered, so that data may come before them or inside a line. */
  async says(words: string | RegExp): Promise<string> {
    const matches = (): boolean =>
      typeof words === 'string' ? this.output.includes(words) : words.test(this.output);
    await until(() => {
      if (!matches() && this.code !== null) {
        throw new Error(`openssl ended (${this.code}) without saying ${String(words)}:\n${this.output}`);
      }
      return matches();
    });
    return this.output;
  }
}

/** Starts `openssl s_server` on a port that is free. */
export async function opensslServer(
  args: readonly string[],
): Promise<{ port: number; process: OpensslProcess }> {
  const process = new OpensslProcess(['s_server', '-accept', '127.0.0.1:0', '-tls1_3', ...args]);
  const port = Number(/^ACCEPT 127\.0\.0\.1:(\d+)/m.exec(await process.says(/^ACCEPT .*:\d+/m))?.[1]);
  return { port, process };
}

/** The same without a word but the data, and without commands in it. It does not tell its port, so one is chosen for it. */
export async function quietOpensslServer(
  args: readonly string[],
): Promise<{ port: number; process: OpensslProcess }> {
  const port = await freePort();
  const process = new OpensslProcess([
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-tls1_3',
    '-quiet',
    ...args,
  ]);
  for (;;) {
    if (process.code !== null) throw new Error(process.output);
    if (await accepts(port)) return { port, process };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (accepted: boolean) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on('connect', done(true)).on('error', done(false));
  });
}

export function opensslClient(port: number, args: readonly string[]): OpensslProcess {
  return new OpensslProcess(['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3', ...args]);
}
