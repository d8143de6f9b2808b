// `npm start`: installs what is missing, then serves the page and says where.
import './node-version.mjs';
import { compileMessages } from './messages.mjs';
import { ensurePackages } from './packages.mjs';
import { bold, giveUp, say } from './report.mjs';
import { root } from './run.mjs';

await ensurePackages();
await compileMessages();

const { createServer } = await import('vite');
const server = await createServer({
  root,
  clearScreen: false,
  // vite takes the next free port where this one is taken.
  server: { port: Number(process.env.PORT ?? 5173), host: process.env.HOST ?? 'localhost' },
});
try {
  await server.listen();
} catch (error) {
  giveUp(`The page could not be served: ${error.message}`);
}
const address = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
say(`\n  ${bold('svidlab')} is at ${bold(address)}\n  Ctrl-C ends it.\n`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server.close().finally(() => process.exit(0)));
}
