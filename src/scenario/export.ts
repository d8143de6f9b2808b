import { pemEncode } from '../core/bytes/index.ts';
import type { Mesh } from '../mesh/index.ts';
import type { EntryOf } from '../trace/index.ts';
import { exportedFile as file, type ExportedFile } from './export-file.ts';
import { cacertsFiles, trustFiles } from './export-trust.ts';

export type { ExportedFile } from './export-file.ts';

/**
 * A certificate as it was issued, under its serial number: lower-case hex of all 128 bits, as istioctl prints it.
 *
 * @throws Error where the mesh no longer holds it
 */
export function issuedFile(mesh: Mesh, { data }: EntryOf<'certificate.issued'>): ExportedFile {
  const artefact = mesh.artefacts.get(data.artefact);
  if (artefact === undefined) throw new Error(`${data.artefact} was issued and is not there`);
  return file(`issued/${fullSerial(data.serialNumber)}.pem`, pemEncode('CERTIFICATE', artefact.bytes));
}

/** What istiod, the API server and the pods that exist hold now. */
export async function heldFiles(mesh: Mesh): Promise<ExportedFile[]> {
  const files = [
    file('jwks.json', `${mesh.jwks()}\n`),
    file('ca/root-cert.pem', mesh.rootPem()),
    file('ca/ca-cert.pem', mesh.caPem()),
    file('ca/ca-key.pem', await mesh.caKeyPem()),
    ...(await cacertsFiles(mesh)),
  ];
  for (const { pod } of mesh.pods()) {
    const material = mesh.material(pod);
    if (material === null) continue;
    const parts = {
      'csr.pem': material.csrPem,
      'cert-chain.pem': material.certChainPem,
      'key.pem': material.keyPem,
      'root-cert.pem': material.rootCertPem,
      'token.jwt': material.token,
    };
    for (const [name, text] of Object.entries(parts)) {
      if (text !== null) files.push(file(`pods/${pod}/${name}`, text));
    }
  }
  return files;
}

/** Everything a run that kept all its artefacts leaves behind. */
export async function allFiles(mesh: Mesh): Promise<ExportedFile[]> {
  const issued = mesh.trace.entries.flatMap((entry) =>
    entry.kind === 'certificate.issued' ? [issuedFile(mesh, entry)] : [],
  );
  return [...issued, ...mesh.trace.entries.flatMap(trustFiles(mesh)), ...(await heldFiles(mesh))];
}

/** A serial number as istioctl prints it: lower-case hex of all 128 bits. */
export function fullSerial(hex: string): string {
  return hex.padStart(32, '0');
}
