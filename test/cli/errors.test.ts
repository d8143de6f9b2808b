import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, scratch, svidlab } from './support/svidlab.ts';

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly stderr: string;
}

const help = 'Help: svidlab --help\n';
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: c}]}\n';

const cases: readonly Case[] = [
  {
    name: 'an unknown command',
    words: ['rnu', 'shop.yaml'],
    stderr: `error: unknown command 'rnu'\n(Did you mean run?)\n${help}`,
  },
  {
    name: 'an unknown option',
    words: ['run', 'shop.yaml', '--untl', '48h'],
    stderr: `error: unknown option '--untl'\n(Did you mean --until?)\n${help}`,
  },
  {
    name: 'a missing file name',
    words: ['run'],
    stderr: `error: missing required argument 'files'\n${help}`,
  },
  {
    name: 'a time that is none',
    words: ['run', 'shop.yaml', '--until', '48'],
    stderr: `error: option '--until <time>' argument '48' is invalid. Write a time such as 90s, 12h, 1h30m or 2d.\n${help}`,
  },
  {
    name: 'a seed that is none',
    words: ['run', 'shop.yaml', '--seed', '-1'],
    stderr: `error: option '--seed <number>' argument '-1' is invalid. Write a whole number, 0 or more.\n${help}`,
  },
  {
    name: 'a key type that is none',
    words: ['run', 'shop.yaml', '--key-type', 'rsa-1024'],
    stderr: `error: option '--key-type <type>' argument 'rsa-1024' is invalid. Allowed choices are ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072, rsa-4096.\n${help}`,
  },
  {
    name: 'a file that is not there',
    words: ['run', 'shop.yaml'],
    stderr: 'error  shop.yaml: no such file\n',
  },
  {
    name: 'a directory in place of a file',
    words: ['run', '.'],
    stderr: 'error  .: is a directory\n    hint:  name its files: ./*\n',
  },
  {
    name: 'a file named twice',
    words: ['run', 'shop.yaml', 'shop.yaml'],
    stderr: 'error  shop.yaml is named twice\n',
  },
  {
    name: 'a manifest without an object',
    words: ['run', 'empty.yaml'],
    files: { 'empty.yaml': '# nothing yet\n' },
    stderr: 'error  empty.yaml: no Kubernetes object in it\n',
  },
  {
    name: 'a kind that is misspelt and a number that is none, each with its place',
    words: ['run', 'pod.yaml', 'shop.yaml', '--trace', 'out.jsonl', '--export', 'out'],
    files: {
      'pod.yaml': pod,
      'shop.yaml':
        'apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}\n---\n' +
        'apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec:\n  hostNetwork: maybe\n  containers: [{name: c, image: c}]\n',
    },
    stderr:
      'error  shop.yaml:2:7: no matches for kind "Deploymnt" in version "apps/v1" [kind.unknown]\n' +
      '    value: Deploymnt\n' +
      '    hint:  did you mean "Deployment"?\n' +
      'error  shop.yaml:9:16: Pod default/b: spec.hostNetwork must be true or false, found the string "maybe" [field.type]\n' +
      '    value: maybe\n',
  },
  {
    name: 'a namespace that does not exist, from stdin',
    words: ['run', '-', '--trace', 'out.jsonl', '--export', 'out/deep/down'],
    input: pod.replace('{name: a}', '{name: a, namespace: shop}'),
    stderr:
      'error  (stdin):1:1: Pod "a": namespaces "shop" not found [namespace.exists]\n' +
      '    hint:  add a Namespace named "shop" to the documents\n',
  },
  {
    name: 'a file that would steer the terminal',
    words: ['run', 'evil.yaml'],
    files: { 'evil.yaml': 'apiVersion: v1\nkind: "Po\\e[2Jd"\nmetadata: {name: a}\n' },
    stderr:
      'error  evil.yaml:2:7: no matches for kind "Po\\u{1b}[2Jd" in version "v1" [kind.unknown]\n' +
      '    value: Po\\u{1b}[2Jd\n',
  },
  {
    name: 'text that is not UTF-8',
    words: ['run', data('latin1.yaml')],
    stderr: `error  ${data('latin1.yaml')}: is no UTF-8 text\n`,
  },
  {
    name: 'a lesson together with something else',
    words: ['run', data('lesson.yaml'), data('shop.yaml')],
    stderr:
      `error  ${data('lesson.yaml')}: is a lesson, and a lesson runs alone\n` +
      '    hint:  svidlab check runs several, one after the other\n',
  },
  {
    name: 'a directory to export to that is full',
    words: ['run', data('curl.yaml'), '--export', 'full', '--trace', 'out.jsonl'],
    files: { 'full/key.pem': 'mine' },
    stderr: 'error  --export full: holds something already; name a directory that does not\n',
  },
  {
    name: 'a trace that cannot be written',
    words: ['run', data('curl.yaml'), '--trace', 'nowhere/out.jsonl', '--export', 'out'],
    stderr: 'error  --trace nowhere/out.jsonl: cannot be written (ENOENT)\n',
  },
  {
    name: 'a file to inspect that is nothing known',
    words: ['inspect', 'note.txt'],
    files: { 'note.txt': 'hello\n' },
    stderr:
      'error  note.txt: nothing in the file is known here\n' +
      '    hint:  PEM or DER of a certificate, CSR, CRL or key, a compact JWT, or JSON of a JWKS or TokenReview\n',
  },
];

describe('input that cannot be used', () => {
  it.each(cases)('$name', async ({ words, files = {}, input, stderr }) => {
    const cwd = scratch();
    for (const [name, text] of Object.entries(files)) write(cwd, name, text);
    const before = readdirSync(cwd, { recursive: true }).sort();
    const ended = await svidlab(words, { cwd, ...(input === undefined ? {} : { input }) });
    expect(ended).toEqual({ code: 2, signal: null, stdout: '', stderr });
    expect(readdirSync(cwd, { recursive: true }).sort(), 'nothing half-written').toEqual(before);
  });
});

function write(directory: string, name: string, text: string): void {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}
