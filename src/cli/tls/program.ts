import { type Command, Option } from 'commander';
import { instantOption, pathOption } from '../options.ts';
import {
  addressArgument,
  alpnOption,
  countOption,
  dnsNameOption,
  groupsOption,
  type HostAndPort,
  portOption,
  secondsOption,
  sniOption,
  spiffeIdOption,
  spiffeIdsOption,
} from './options.ts';

const exitCodes = `
Exit codes: 0 well, 2 input that cannot be used, 3 the handshake failed or the connection broke.
Results go to stdout, everything else to stderr. NO_COLOR is respected.`;

const events = `JSON, one event a line:
  {"event":"handshake","peer","alpn","resumed","cipher","group","sni"}
  {"event":"alert","sent","alert","reason"}   fatal alerts, ours and the peer's
  {"event":"key-update","sent"}               keys of one direction changed
  {"event":"closed"}`;

/** `svidlab tls`: the TLS of the simulated mesh, spoken with other programs over sockets. */
export function addTls(svidlab: Command, done: (code: number) => void): void {
  const tls = svidlab
    .command('tls')
    .summary('speak TLS 1.3 with other programs over a socket')
    .description(
      'TLS 1.3 as the Envoys of the simulated mesh speak it, over a socket: try it with any other program.',
    )
    .helpCommand('help [command]', 'print the help of a command');
  addServe(tls, done);
  addConnect(tls, done);
}

const commonOptions = (): readonly Option[] => [
  new Option('--alpn <protocols>', 'ALPN protocols, best first, such as istio,http/1.1').argParser(
    alpnOption,
  ),
  new Option('--groups <groups>', 'key exchange groups, best first (default: x25519,p256)').argParser(
    groupsOption,
  ),
  new Option(
    '--at <instant>',
    'hold certificates of peers against this moment, such as 2026-03-02T12:00:00Z (default: now)',
  ).argParser(instantOption),
  new Option('--keylog <file>', 'append the secrets of each connection, in NSS key log format').argParser(
    pathOption,
  ),
  new Option('--pcap <file>', 'write a capture with the secrets inside, which Wireshark decrypts').argParser(
    pathOption,
  ),
  new Option('--json', 'print one JSON object a line'),
];

function addServe(tls: Command, done: (code: number) => void): void {
  const command = tls
    .command('serve')
    .summary('accept connections on this machine')
    .description(
      'Accepts connections from this machine only (127.0.0.1), and sends back what comes. Ctrl-C ends it.',
    )
    .requiredOption('--port <port>', 'TCP port; 0 takes any that is free', portOption)
    .requiredOption('--cert <file>', 'certificate chain to present, PEM, leaf first')
    .requiredOption('--key <file>', 'its private key, PEM: PKCS#8, SEC1 or PKCS#1')
    .option('--roots <file>', 'roots to verify client certificates with, PEM')
    .addOption(
      new Option('--client-cert <mode>', 'whether clients must present a certificate')
        .choices(['require', 'request', 'none'])
        .default('require'),
    )
    .addOption(
      new Option('--client-id <id>', 'SPIFFE ID that is let in; may be repeated (default: any)').argParser(
        spiffeIdsOption,
      ),
    )
    .option('--http', 'answer each HTTP/1.1 request with what the handshake agreed on, as JSON')
    .addOption(new Option('--connections <count>', 'end after so many connections').argParser(countOption))
    .addOption(
      new Option('--handshake-timeout <seconds>', 'how long a handshake may take')
        .default(30)
        .argParser(secondsOption),
    )
    .addOption(
      new Option('--idle-timeout <seconds>', 'how long a connection may stay without a byte')
        .default(600)
        .argParser(secondsOption),
    );
  for (const option of commonOptions()) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
${events}
  {"event":"listening","port"}                first of all

--http answers 200 with {"peer","alpn","resumed","cipher","group","sni"}.
A client certificate that is presented is verified, also with --client-cert request.
At most 1000 connections are served beside each other.

Examples:
  svidlab run shop.yaml --begin now --until 1m --export out
  svidlab tls serve --port 8443 --cert out/pods/shop/order-0/cert-chain.pem --key out/pods/shop/order-0/key.pem --roots out/ca/root-cert.pem --http
  curl -k --cert … --key … https://localhost:8443/              SPIFFE certificates name no host: hence -k
  openssl s_client -connect localhost:8443 -cert … -key … -CAfile …
  svidlab tls serve --port 0 … --client-id spiffe://cluster.local/ns/shop/sa/web --connections 1 --json
${exitCodes}`,
    )
    .action(async (options: import('./serve.ts').ServeOptions) => {
      const { serve } = await import('./serve.ts');
      done(await serve(options));
    });
}

function addConnect(tls: Command, done: (code: number) => void): void {
  const command = tls
    .command('connect')
    .summary('connect to a server, send and print')
    .description(
      'Connects, sends a file, prints what comes back until it is quiet for a second, and closes with close_notify.',
    )
    .argument('<host:port>', 'the server, such as localhost:8443', addressArgument)
    .option('--cert <file>', 'certificate chain to present where the server asks, PEM, leaf first')
    .option('--key <file>', 'its private key, PEM: PKCS#8, SEC1 or PKCS#1')
    .requiredOption('--roots <file>', 'roots to verify the server with, PEM')
    .addOption(
      new Option('--server-id <id>', 'SPIFFE ID that the server has to prove').argParser(spiffeIdOption),
    )
    .addOption(
      new Option('--server-name <name>', 'DNS name that the server has to prove').argParser(dnsNameOption),
    )
    .addOption(
      new Option('--sni <name>', 'name to ask for (default: --server-name, or none)').argParser(sniOption),
    )
    .option('--send <file>', 'what to send; - is stdin')
    .option('--resume', 'connect twice: take a ticket, then resume with it')
    .option('--key-update', 'update the keys of both directions before sending');
  for (const option of commonOptions()) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
${events}
  {"event":"data","text"}                     what came, read as UTF-8

Without --json stdout has what came, byte for byte, and stderr the rest.
Without --server-id and --server-name anybody whose chain leads to a root is accepted.

Examples:
  echo hello | svidlab tls connect localhost:8443 --cert … --key … --roots … --send -
  svidlab tls connect localhost:8443 … --server-id spiffe://cluster.local/ns/shop/sa/order --alpn istio
  svidlab tls connect localhost:8443 … --resume --json | jq -c 'select(.event == "handshake")'
${exitCodes}`,
    )
    .action(async (address: HostAndPort, options: import('./connect.ts').ConnectOptions) => {
      const { connect } = await import('./connect.ts');
      done(await connect(address, options));
    });
}
