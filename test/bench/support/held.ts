/** JavaScript's heap and the buffers outside of it, after collecting; keys of WebCrypto are OpenSSL's and not counted by V8. */
export async function held(): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) {
    throw new Error('memory is measured after collecting garbage: run `npm run bench`');
  }
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
