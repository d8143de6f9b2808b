import { printResult } from '../output.ts';

/** Prints what a peer sends: as it is, or with `--json` as text in events. Resolves when stdout can take more. */
export function dataPrinter(json: boolean): (data: Uint8Array) => Promise<void> {
  if (!json) return write;
  // Characters that are cut between two records are put together again.
  const decoder = new TextDecoder();
  return (data) => {
    const text = decoder.decode(data, { stream: true });
    if (text !== '') printResult(JSON.stringify({ event: 'data', text }));
    return room();
  };
}

function write(data: Uint8Array): Promise<void> {
  process.stdout.write(data);
  return room();
}

function room(): Promise<void> {
  const { stdout } = process;
  if (!stdout.writableNeedDrain || stdout.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'error', 'close']) stdout.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'error', 'close']) stdout.on(event, done);
  });
}
