import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.yaml': 'application/yaml; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What a careful host would send: nothing from anywhere else, nothing inline, no code made from text. */
export const strictPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface StaticServer {
  /** Ends in a slash. */
  readonly address: string;
  /** Bytes over the wire (gzip) of each file that was asked for, by its path. */
  readonly served: ReadonlyMap<string, number>;
  forget(): void;
  close(): Promise<void>;
}

/** Serves a folder as a static host does, not from its root but from a path, on a free port of this machine. */
export async function serve(folder: string, { policy = strictPolicy } = {}): Promise<StaticServer> {
  const base = '/somewhere/svidlab/';
  const served = new Map<string, number>();
  const compressed = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(base) ? normalize(`/${pathname.slice(base.length)}`) : null;
    const path = inside === '/' ? '/index.html' : inside;
    void send(path).catch(() => {
      response.writeHead(404).end();
    });

    async function send(asked: string | null): Promise<void> {
      if (asked === null || !(await stat(join(folder, asked))).isFile()) throw new Error('not here');
      const body = compressed.get(asked) ?? gzipSync(await readFile(join(folder, asked)), { level: 9 });
      compressed.set(asked, body);
      served.set(asked, body.length);
      response.writeHead(200, {
        'content-type': types[extname(asked)] ?? 'application/octet-stream',
        'content-encoding': 'gzip',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${base}`,
    served,
    forget: () => {
      served.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
