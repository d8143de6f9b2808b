import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type InspectedDocument,
  inspectArtefact,
  inspectFile,
  type ProofCommand,
} from '../../../src/projection/inspect/index.ts';
import { shellWord } from '../../../src/projection/inspect/proof.ts';
import { epochMs, makeWorld, spiffeId, type World } from './artefacts.ts';

let world: World;
let directory: string;

beforeAll(async () => {
  world = await makeWorld();
  directory = mkdtempSync(join(tmpdir(), 'proof-'));
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));
  for (const { id } of world.all)
    for (const document of documentsOf(id)) for (const proof of document.proof) write(document, proof);
});

afterAll(() => rmSync(directory, { recursive: true }));

function documentsOf(id: string): InspectedDocument[] {
  const document = inspectArtefact(world.get(id), world.lookup, { epochMs, atMs: 0 });
  return [document, ...document.parts];
}

function write(document: InspectedDocument, { file, content }: ProofCommand): void {
  writeFileSync(join(directory, file), content === 'text' ? document.text! : document.bytes);
}

function run(command: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function outputs(id: string, tool: ProofCommand['tool']): string {
  const proofs = documentsOf(id)[0]!.proof.filter((proof) => proof.tool === tool);
  expect(proofs.length).toBeGreaterThan(0);
  return proofs.map(({ command }) => run(command).output).join('\n');
}

describe('proof commands', () => {
  it('run as they stand: every openssl and node line succeeds', () => {
    for (const { id } of world.all) {
      writeFileSync(join(directory, 'jwks-1.json'), documentsOf('jwks:1')[0]!.text!);
      for (const document of documentsOf(id)) {
        for (const { tool, command } of document.proof) {
          if (tool !== 'openssl' && tool !== 'node') continue;
          const { status, output } = run(command);
          expect(status, `${command}\n${output}`).toBe(0);
        }
      }
    }
  }, 60_000);

  it('prove what they say', () => {
    expect(outputs('certificate:1', 'openssl')).toContain(`URI:${spiffeId}`);
    expect(outputs('certificate:3', 'openssl')).toContain('certificate-3.pem: OK');
    expect(outputs('csr:1', 'openssl')).toMatch(/verify OK/i);
    expect(outputs('private-key:1', 'openssl')).toContain('Key is valid');
    expect(outputs('chain:1', 'openssl')).toContain('chain-1.pem: OK');
    expect(outputs('create-certificate-request:1', 'openssl')).toMatch(/verify OK/i);
    expect(outputs('create-certificate-response:1', 'openssl')).toContain(
      'create-certificate-response-1.pem: OK',
    );
    expect(outputs('discovery-response:1', 'openssl')).toContain('discovery-response-1.pem: OK');
    expect(outputs('token:1', 'node')).toMatch(/system:serviceaccount:shop:order[\s\S]*alg: 'ES256'/);
  }, 60_000);

  it('fail where the bytes were changed', () => {
    const [document] = documentsOf('csr:1');
    const broken = document!.bytes.slice();
    broken[30]! ^= 1;
    const [reopened] = inspectFile(broken, { name: 'broken' });
    write(reopened!, reopened!.proof[0]!);
    expect(run(reopened!.proof[0]!.command).output).not.toMatch(/verify OK/i);
  });

  it('quote file names for a shell', () => {
    expect(['a.pem', '-in.pem', "it's $x.pem"].map(shellWord)).toEqual([
      'a.pem',
      './-in.pem',
      `'it'\\''s $x.pem'`,
    ]);
  });
});
