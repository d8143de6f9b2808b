// `npm start`: installs what is missing, serves the app, prints the address.
import { installPackages } from './install.mjs';

installPackages();
const { createServer } = await import('vite');
const server = await createServer({ server: { port: Number(process.env.PORT ?? 5173), strictPort: false } });
await server.listen();
const [address] = server.resolvedUrls?.local ?? [];
console.log(`\n  svidlab is at ${address ?? 'the address above'}\n  Ctrl-C ends it.\n`);
