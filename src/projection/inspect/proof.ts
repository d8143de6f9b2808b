import type { ArtefactId } from '../../trace/index.ts';
import type { ProofCommand } from './document.ts';
import type { ProofId } from './ids.ts';

/** Name of an artefact's file without extension: `certificate-3`. */
export function artefactFile(id: ArtefactId): string {
  return id.replaceAll(':', '-');
}

/** `name` as one word of a POSIX shell, never read as an option. */
export function shellWord(name: string): string {
  const safe = name.startsWith('-') ? `./${name}` : name;
  return /^[\w./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

export function opensslProof(id: ProofId, file: string, command: (file: string) => string): ProofCommand {
  return { id, tool: 'openssl', command: `openssl ${command(shellWord(file))}`, file, content: 'text' };
}

/** protoc prints any message without its schema; the first five octets are gRPC's. */
export function protocProof(file: string): ProofCommand {
  const command = `tail -c +6 ${shellWord(file)} | protoc --decode_raw`;
  return { id: 'message_decode', tool: 'protoc', command, file, content: 'bytes' };
}
