import type { TestProject } from 'vitest/node';
import { dist, ensureDist } from './dist.ts';
import { serve } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built page is served. */
    address: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureDist();
  const server = await serve(dist);
  project.provide('address', server.address);
  return () => server.close();
}
