import { Argument, Command, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { keyTypes } from '../core/pki/key-type.ts';
import { beginOption, durationOption, instantOption, pathOption, seedOption } from './options.ts';
import { addTls } from './tls/program.ts';
import { addVerify } from './verify/program.ts';

/** What a command line asked for: the exit code of what was done. */
type Done = (code: number) => void;

const exitCodes = `
Exit codes: 0 well, 1 an expectation failed, 2 input that cannot be used.
Results go to stdout, everything else to stderr. NO_COLOR is respected.`;

/** The commands of svidlab. They are loaded when they are called, so that help comes at once. */
export function program(done: Done): Command {
  const svidlab = new Command('svidlab')
    .description(
      'The security lifecycle of a service mesh, simulated headless; every key, certificate and token is real.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ helpWidth: Math.min(100, process.stdout.columns || 100), showGlobalOptions: true })
    .showSuggestionAfterError()
    .showHelpAfterError('Help: svidlab --help')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  svidlab check                                     all lessons of scenarios/, headless
  svidlab run shop.yaml --until 48h                 two days of a mesh of your own
  svidlab run shop.yaml --export out                … and its keys, certificates and tokens as files
  svidlab inspect out/pods/shop/order-0/csr.pem     what a file says, field by field
  svidlab tls serve --port 8443 --cert …            mutual TLS 1.3 with any other program
  svidlab verify --chain chain.pem --roots roots.pem  whether a chain is to be trusted, check by check
${exitCodes}`,
    );
  addCheck(svidlab, done);
  addRun(svidlab, done);
  addInspect(svidlab, done);
  addTls(svidlab, done);
  addVerify(svidlab, done);
  return svidlab;
}

const seed = (): Option =>
  new Option('--seed <number>', 'decides everything but the random bytes of keys and signatures')
    .argParser(seedOption)
    .default(1);
const json = (): Option => new Option('--json', 'print the result as JSON');

function addCheck(svidlab: Command, done: Done): void {
  svidlab
    .command('check')
    .summary('run lessons headless and judge what they expect')
    .description('Runs lessons headless: every step, every goal by its own solution, every expectation.')
    .argument('[files...]', 'lessons; - is stdin (default: scenarios/*.yaml)')
    .addOption(seed())
    .addOption(json())
    .addHelpText(
      'after',
      `
JSON: {ok, lessons: [{file, id, result: "passed"|"failed"|"unusable", steps: {done, total}, expectations, goals, events, virtualMs, realMs, failures: [{file, line, step, expected, seen}], errors: [{message, rule, file, line, column, step?, hint?}]}]}

Examples:
  svidlab check
  svidlab check my-lesson.yaml
  svidlab check --json | jq '.lessons[] | select(.result != "passed")'
${exitCodes}`,
    )
    .action(async (files: string[], options: { seed: number; json?: true }) => {
      const { check } = await import('./check/command.ts');
      done(await check(files, options));
    });
}

function addRun(svidlab: Command, done: Done): void {
  svidlab
    .command('run')
    .summary('run a lesson by its own script, or a mesh of Kubernetes YAML')
    .description(
      'Runs a lesson by its own script, or a mesh of your Kubernetes YAML, and says what came of it. Ctrl-C ends a run with what it has, twice at once.',
    )
    .addArgument(
      new Argument('<files...>', 'one lesson, or Kubernetes YAML in any number of files; - is stdin'),
    )
    .addOption(
      new Option(
        '--until <time>',
        'virtual time to run for, such as 48h (default: 24h; a lesson: to its end)',
      ).argParser(durationOption),
    )
    .addOption(
      new Option(
        '--begin <instant>',
        'when virtual time begins, such as 2026-03-02T09:00:00Z, or now (default: that, or what the lesson says)',
      ).argParser(beginOption),
    )
    .addOption(seed())
    .addOption(
      new Option('--trace <file>', 'write every event, one JSON object a line').argParser(pathOption),
    )
    .addOption(
      new Option(
        '--export <directory>',
        'write keys, CSRs, certificates and tokens into a new directory',
      ).argParser(pathOption),
    )
    .addOption(
      new Option(
        '--key-type <type>',
        'keys of the workloads (default: rsa-2048, or what the lesson says)',
      ).choices(keyTypes),
    )
    .addOption(
      new Option(
        '--keep <what>',
        'artefacts and events to hold in memory: all, or the last ones for long runs',
      )
        .choices(['all', 'last'])
        .default('last'),
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Export: pods/NAMESPACE/NAME/{csr.pem,cert-chain.pem,key.pem,root-cert.pem,token.jwt} of the pods there are at the end,
  ca/{root-cert.pem,ca-cert.pem,ca-key.pem}, jwks.json, and issued/SERIAL.pem for every certificate ever issued;
  cacerts/CLUSTER/ as its secret wants it, authorities/CA/{certificate,crl}-N.pem, and blast-radius/N/ with result.json.

JSON: {ok, interrupted, inputs, lesson: {id, steps: {done, total}, expectations, failures: [{file, line, step, expected, seen}]}|null, seed, keyType, trustDomain, time: {begin, end, virtualMs, realMs}, pods: [{namespace, name, workload, node, ip, serviceAccount, injected, ready, terminating, spiffeId, certificate: {serialNumber, notBefore, notAfter, expired}|null}], podsDeleted, certificatesIssued, rotations, failures: {renewals, certificateRequests, pods, certificatesExpired}, requests: {sent, allowed, refused, failed}, events, notices: [{code, message, hint?, file?, line?, column?}], trace, export: {directory, files}|null}

Examples:
  svidlab run shop.yaml
  svidlab run namespace.yaml httpbin.yaml --until 48h --trace out.jsonl
  svidlab run shop.yaml --begin now --until 1m --export out     certificates that are valid right now
  kubectl get deploy,sa,svc -n shop -o yaml | svidlab run ns.yaml - --export out --key-type ecdsa-p256
  svidlab run scenarios/rotation.yaml --json
${exitCodes}`,
    )
    .action(async (files: string[], options: import('./run/command.ts').RunCommandOptions) => {
      const { run } = await import('./run/command.ts');
      done(await run(files, options));
    });
}

function addInspect(svidlab: Command, done: Done): void {
  svidlab
    .command('inspect')
    .summary('explain a certificate, CSR, CRL, token or key, field by field')
    .description(
      'Explains whatever a file holds, field by field: certificates and chains, CSRs, CRLs, private and public keys (PEM or DER), JWTs, JWKS.',
    )
    .argument('<file>', 'the file; - is stdin')
    .addOption(
      new Option('--at <instant>', 'judge validity at this moment, such as 2026-03-02T12:00:00Z').argParser(
        instantOption,
      ),
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
JSON: {file, documents: [{kind, title, size, fields: [{id, label, value, explanation, note, group, tone, bytes: {start, end}|null}], content, parts: [document]}]}

Examples:
  svidlab inspect cert-chain.pem
  svidlab inspect token.jwt --at 2026-03-02T12:00:00Z
  openssl s_client -connect example.org:443 </dev/null | openssl x509 | svidlab inspect -
${exitCodes}`,
    )
    .action(async (file: string, options: import('./inspect/command.ts').InspectCommandOptions) => {
      const { inspect } = await import('./inspect/command.ts');
      done(await inspect(file, options));
    });
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
