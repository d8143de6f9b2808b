import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pemEncode } from '../core/bytes/index.ts';
import type { Mesh } from '../mesh/index.ts';
import type { Entry } from '../trace/index.ts';
import { UnusableInput } from './exit.ts';

/** A certificate as it was issued, kept for `issued/` even where the run keeps only the last artefacts. */
export interface IssuedCertificate {
  readonly serialNumber: string;
  readonly pem: string;
}

/** Follows a run and keeps every certificate ever issued. */
export function collectIssued(mesh: Mesh): readonly IssuedCertificate[] {
  const issued: IssuedCertificate[] = [];
  const collect = (entry: Entry): void => {
    if (entry.kind !== 'certificate.issued') return;
    const artefact = mesh.artefacts.get(entry.data.artefact);
    if (artefact === undefined) return;
    issued.push({ serialNumber: entry.data.serialNumber, pem: pemEncode('CERTIFICATE', artefact.bytes) });
  };
  mesh.trace.onAppend(collect);
  return issued;
}

/** Refuses a target that holds something already, before a long run begins. */
export async function checkExportTarget(directory: string): Promise<void> {
  const existing = await stat(directory).catch(() => null);
  if (existing !== null)
    throw new UnusableInput(`--export ${directory}: exists already; name a directory that does not`);
}

/**
 * Writes what a run leaves behind: per pod its documents, the CA's certificates, the JWKS, and one file for each
 * certificate ever issued. All of it appears at once: it is written beside the target and then renamed.
 */
export async function exportMesh(
  mesh: Mesh,
  issued: readonly IssuedCertificate[],
  directory: string,
): Promise<number> {
  const target = resolve(directory);
  await mkdir(dirname(target), { recursive: true });
  const staging = await mkdtemp(join(dirname(target), '.svidlab-export-'));
  try {
    const files = filesOf(mesh, issued);
    for (const [path, text] of files) {
      const full = join(staging, path);
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, text, { mode: path.endsWith('key.pem') ? 0o600 : 0o644 });
    }
    await rename(staging, target);
    return files.size;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

function filesOf(mesh: Mesh, issued: readonly IssuedCertificate[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set('jwks.json', `${mesh.jwks()}\n`);
  files.set('ca/root-cert.pem', mesh.rootPem());
  files.set('ca/ca-cert.pem', mesh.caPem());
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
      if (text !== null) files.set(`pods/${pod}/${name}`, text);
    }
  }
  for (const { serialNumber, pem } of issued) files.set(`issued/${serialNumber}.pem`, pem);
  return files;
}
