import { type CryptoProvider, nativeCrypto } from '../../../src/core/crypto/index.ts';

interface Call {
  readonly method: string;
  readonly parameters: readonly unknown[];
  /** How many calls had come back when this one was made. */
  readonly after: number;
}

type Operation = (...parameters: readonly unknown[]) => Promise<unknown>;

/** The native provider, and a list of all that was asked of it. */
export function recordingCrypto(): { readonly provider: CryptoProvider; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  let returned = 0;
  const subtle = new Proxy(nativeCrypto.subtle, {
    get: (target, method: string) => {
      const operation = operationOf(target, method);
      return (...parameters: readonly unknown[]) => {
        calls.push({ method, parameters, after: returned });
        return operation(...parameters).finally(() => void returned++);
      };
    },
  });
  return {
    provider: { name: 'recording', subtle, getRandomValues: (into) => nativeCrypto.getRandomValues(into) },
    calls,
  };
}

/**
 * Makes the same calls again with the same keys and data, each as soon as as many have come back as then: the same
 * work with the same concurrency, and nothing around it.
 */
export async function replay(calls: readonly Call[]): Promise<void> {
  const target = nativeCrypto.subtle;
  await new Promise<void>((resolve, reject) => {
    let next = 0;
    let returned = 0;
    const proceed = (): void => {
      for (let call = calls[next]; call !== undefined && call.after <= returned; call = calls[next]) {
        next++;
        operationOf(target, call.method)(...call.parameters).then(onReturn, onReturn);
      }
    };
    const onReturn = (): void => {
      returned++;
      if (returned === calls.length) resolve();
      else proceed();
    };
    try {
      proceed();
    } catch (error) {
      reject(error as Error);
    }
  });
}

function operationOf(target: SubtleCrypto, method: string): Operation {
  const operation: unknown = Reflect.get(target, method);
  return (operation as Operation).bind(target);
}
