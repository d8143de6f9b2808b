import { pemEncode } from '../core/bytes/index.ts';
import type { Mesh } from '../mesh/index.ts';
import type { ArtefactId, Entry, EntryOf } from '../trace/index.ts';
import { exportedFile as file, type ExportedFile } from './export-file.ts';

/** The secret `cacerts` of every cluster as a directory, with the line that makes the secret of it. */
export async function cacertsFiles(mesh: Mesh): Promise<ExportedFile[]> {
  const clusters = await mesh.cacerts();
  return clusters.flatMap(({ cluster, files, command }) => {
    const folder = `cacerts/${cluster}`;
    const parts = files.map(({ name, text }) => file(`${folder}/${name}`, text));
    return [...parts, file(`${folder}/create-secret.sh`, `#!/bin/sh\n${command}\n`)];
  });
}

/**
 * Certificates and lists of CAs as they are made, and what blast radii were measured with: gives the files of each entry,
 * in the order of the trace.
 */
export function trustFiles(mesh: Mesh): (entry: Entry) => readonly ExportedFile[] {
  const counts = new Map<string, number>();
  const next = (name: string): number => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
  return (entry) => {
    if (entry.kind === 'authority.certified') {
      const { authority, artefact } = entry.data;
      const path = `authorities/${authority}/certificate-${next(authority)}.pem`;
      return [file(path, pemOf(mesh, 'CERTIFICATE', artefact))];
    }
    if (entry.kind === 'crl.published') {
      const { authority, artefact, number } = entry.data;
      return [file(`authorities/${authority}/crl-${number}.pem`, pemOf(mesh, 'X509 CRL', artefact))];
    }
    return entry.kind === 'blast-radius.measured' ? blastRadius(mesh, entry, next('blast radius')) : [];
  };
}

/**
 * One directory for each measurement: the forged chains, the bundles and lists of those who judged them, and what they
 * found by their clocks, so that it can be judged again outside.
 */
function blastRadius(
  mesh: Mesh,
  { data, atMs }: EntryOf<'blast-radius.measured'>,
  count: number,
): ExportedFile[] {
  const folder = `blast-radius/${count}`;
  const files: ExportedFile[] = [];
  const write = (name: string, text: string): string => {
    files.push(file(`${folder}/${name}`, text));
    return name;
  };
  const identities = data.identities.map(({ spiffeId, chain, otherChains }, index) => ({
    spiffeId,
    chains: [chain, ...otherChains].map((each, other) => {
      const name = other === 0 ? `identity-${index + 1}.pem` : `identity-${index + 1}-${other + 1}.pem`;
      return write(name, textOf(mesh, each));
    }),
  }));
  const verifiers = data.verifiers.map((verifier, index) => {
    const { cluster, pods, accepts, clockAheadMs, refusals } = verifier;
    const roots = verifier.roots.map((root) => pemOf(mesh, 'CERTIFICATE', root));
    const lists = verifier.crls.map((list) => pemOf(mesh, 'X509 CRL', list));
    return {
      cluster,
      pods,
      roots: write(`roots-${index + 1}.pem`, roots.join('')),
      crls: lists.length === 0 ? null : write(`crls-${index + 1}.pem`, lists.join('')),
      accepts,
      at: new Date(mesh.epochMs + atMs + clockAheadMs).toISOString(),
      refusals,
    };
  });
  const result = { holder: data.holder, identities, verifiers };
  return [...files, file(`${folder}/result.json`, `${JSON.stringify(result, null, 2)}\n`)];
}

function pemOf(mesh: Mesh, label: string, artefact: ArtefactId): string {
  return pemEncode(label, bytesOf(mesh, artefact));
}

function textOf(mesh: Mesh, artefact: ArtefactId): string {
  return new TextDecoder().decode(bytesOf(mesh, artefact));
}

function bytesOf(mesh: Mesh, artefact: ArtefactId): Uint8Array {
  const found = mesh.artefacts.get(artefact);
  if (found === undefined) throw new Error(`${artefact} was made and is not there`);
  return found.bytes;
}
