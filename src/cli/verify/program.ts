import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReferenceName } from '../../core/pki/index.ts';
import { instantOption } from '../options.ts';
import type { VerifyCommandOptions } from './command.ts';

const exitCodes = `
Exit codes: 0 valid (--batch: every line has its result), 1 refused, 2 input that cannot be used.`;

/** Adds `svidlab verify` to the command line. */
export function addVerify(svidlab: Command, done: (code: number) => void): void {
  svidlab
    .command('verify')
    .summary('judge a certificate chain, check by check')
    .description(
      'Builds every path from a leaf to the given roots and validates it by RFC 5280 section 6, SPIFFE rules on top where asked. Roots are held to their own validity and constraints.',
    )
    .option('--chain <file>', 'the leaf first, then others in any order (PEM, or one DER); - is stdin')
    .option('--roots <file>', 'trust anchors')
    .option('--crl <file...>', 'revocation lists')
    .option('--ocsp <file>', 'a stapled OCSP response for the leaf (DER)')
    .addOption(
      new Option(
        '--revocation <mode>',
        'hard: every certificate below the root needs a usable CRL; soft: only what a usable one revokes is refused; default: a CRL of the issuer, where there is one, has to be usable',
      ).choices(['hard', 'soft', 'off']),
    )
    .addOption(new Option('--at <instant>', 'the moment to judge at (default: now)').argParser(instantOption))
    .addOption(
      new Option('--purpose <purpose>', 'what the leaf is for')
        .choices(['server', 'client', 'any'])
        .default('any'),
    )
    .option('--id <spiffe-id>', 'the SPIFFE ID, or other URI, the leaf has to have')
    .addOption(
      new Option('--name <type:value>', 'another name it has to have: dns:…, ip:…, uri:… or email:…')
        .argParser(nameOption)
        .conflicts('id'),
    )
    .addOption(
      new Option('--profile <profile>', 'the rules').choices(['rfc5280', 'spiffe']).default('rfc5280'),
    )
    .option('--policy <oid...>', 'certificate policies that are accepted (default: any)')
    .option('--explicit-policy', 'a path has to be valid for one of them')
    .option('--inhibit-mapping', 'no policy mapping')
    .option('--inhibit-any', 'anyPolicy does not count')
    .addOption(
      new Option('--max-depth <number>', 'CAs between leaf and root, self-issued ones not counted').argParser(
        countOption,
      ),
    )
    .option('--batch <file>', 'judge one case a line (JSON); - is stdin')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
JSON: {ok, code, message, path: [{subject, serialNumber, names}], paths, checks: [{check, ok, depth, detail, clause}]}

Batch: {"id", "leaf": PEM, "intermediates": [PEM], "roots": [PEM], "crls": [PEM], "at": ISO, "purpose": "server|client|any",
  "name": {"dns"|"ip"|"uri"|"email": …}?, "policy": {"initial": [OID], "explicit", "inhibitMapping", "inhibitAny"}?, "maxDepth": n?,
  "revocation": "hard|soft|off"?} a line; results {"id", "ok", "code", "message"} a line, as soon as each is known.

Examples:
  svidlab verify --chain cert-chain.pem --roots root-cert.pem --purpose server
  svidlab verify --chain chain.pem --roots roots.pem --profile spiffe --id spiffe://cluster.local/ns/shop/sa/order
  svidlab verify --chain chain.pem --roots roots.pem --crl crl.pem --revocation hard --at 2026-03-02T12:00:00Z --json
  svidlab verify --batch cases.jsonl
${exitCodes}`,
    )
    .action(async (options: VerifyCommandOptions) => {
      const { verify } = await import('./command.ts');
      done(await verify(options));
    });
}

function nameOption(text: string): ReferenceName {
  const [, type, value] = /^(dns|ip|uri|email):(.+)$/.exec(text) ?? [];
  if (type === undefined || value === undefined)
    throw new InvalidArgumentError('Write a name such as dns:example.org or ip:10.0.0.1.');
  return { type: type as ReferenceName['type'], value };
}

function countOption(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Write a whole number, 0 or more.');
  return Number(text);
}
