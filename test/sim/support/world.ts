import { assign, createActor, enqueueActions, setup, type AnyActorRef } from 'xstate';
import {
  Driver,
  Gate,
  type RandomStream,
  randomStreams,
  type Tape,
  VirtualClock,
  Wire,
  type GateResult,
  type Message,
} from '../../../src/sim/index.ts';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** What the test world says happened: the trace that runs are compared by. */
export interface Happening {
  readonly atMs: number;
  readonly actor: string;
  readonly what: string;
}

export interface TestWorldOptions {
  readonly clients: number;
  readonly seed?: number;
  readonly tape?: Tape;
  readonly record?: boolean;
  /** Lengthens every operation by a real delay drawn from this, so that they complete out of order. */
  readonly disturb?: RandomStream;
  /** Operations of this label reject. */
  readonly failing?: string;
}

type WorldMessage = Message<null, string>;
type KeyEvent = { type: 'key.generated'; key: CryptoKeyPair; publicKey: Uint8Array };
type ClientEvent =
  | KeyEvent
  | { type: 'proof.signed'; proof: Uint8Array }
  | { type: 'operation.failed'; error: unknown }
  | { type: 'message.received'; message: WorldMessage };

/**
 * A small world with everything that makes a large one hard: machines that wait on virtual time, sign with real
 * P-256 keys and talk over a wire. Each client makes a key, sends it with a proof of possession to the notary,
 * waits for the countersignature, and begins anew after about a day.
 */
export class TestWorld {
  readonly clock = new VirtualClock();
  readonly gate: Gate;
  readonly driver: Driver;
  readonly wire: Wire<null>;
  readonly happened: Happening[] = [];
  /** Labels of the operations that really ran, in the order in which they really completed. */
  readonly completed: string[] = [];
  /** Raw public keys in the order of making. */
  readonly publicKeys: string[] = [];
  readonly root: AnyActorRef;
  readonly #options: TestWorldOptions;

  constructor(options: TestWorldOptions) {
    this.#options = options;
    const { tape, record, seed = 7 } = options;
    this.gate = new Gate({ ...(tape && { tape }), ...(record !== undefined && { record }) });
    this.driver = new Driver({ clock: this.clock, gate: this.gate });
    this.wire = new Wire({
      clock: this.clock,
      random: randomStreams(seed),
      latency: { baseMs: 2, jitterMs: 5 },
      onDelivered: ({ from, to, label }) => this.say(to, `received ${label} from ${from}`),
      onDropped: ({ from, to, label }, reason) => this.say(from, `lost ${label} to ${to}: ${reason}`),
    });
    const root = createActor(this.#rootMachine(seed), { clock: this.clock });
    root.subscribe({ error: (error) => this.driver.fail(error) });
    this.root = root;
    this.#attachNotary();
    root.start();
  }

  say(actor: string, what: string): void {
    this.happened.push({ atMs: this.clock.now(), actor, what });
  }

  client(name: string): AnyActorRef | undefined {
    return this.root.system.get(name as never) as AnyActorRef | undefined;
  }

  /** Passes the gate; what a live world does with WebCrypto, and here with an unpredictable delay on top. */
  operation<T>(label: string, op: () => Promise<T>, deliver: (result: GateResult<T>) => void): void {
    const delayMs = this.#options.disturb?.int(4) ?? 0;
    const run = async () => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const value = await op();
      if (label === this.#options.failing) throw new Error(`${label} failed`);
      this.completed.push(label);
      return value;
    };
    this.gate.run(label, run, deliver);
  }

  #rootMachine(seed: number) {
    const names = Array.from({ length: this.#options.clients }, (_, i) => `client-${i}`);
    const machine = setup({ actors: { client: this.#clientMachine() } });
    return machine.createMachine({
      entry: enqueueActions(({ enqueue }) => {
        for (const name of names) {
          const random = randomStreams(seed).stream(name);
          enqueue.spawnChild('client', { id: name, systemId: name, input: { name, random } });
        }
      }),
    });
  }

  #clientMachine() {
    const machine = setup({
      types: {
        context: {} as {
          name: string;
          random: RandomStream;
          key: CryptoKeyPair | null;
          publicKey: Uint8Array;
        },
        input: {} as { name: string; random: RandomStream },
        events: {} as ClientEvent,
      },
      delays: {
        untilStart: ({ context }) => context.random.int(20),
        untilRenewal: ({ context }) => DAY_MS + context.random.int(60_000),
      },
      actions: {
        attach: ({ context, self }) => {
          this.wire.detach(context.name);
          this.wire.attach(context.name, (message) => self.send({ type: 'message.received', message }));
        },
        say: ({ context }, what: string) => this.say(context.name, what),
        generateKey: ({ context, self }) => {
          this.operation(`key ${context.name}`, generateKey, (result) => {
            if (!result.ok) return self.send({ type: 'operation.failed', error: result.error });
            this.publicKeys.push(String(result.value.publicKey));
            self.send({ type: 'key.generated', ...result.value });
          });
        },
        signProof: ({ context, self }) => {
          const { key, publicKey } = context;
          if (!key) throw new Error('no key to sign with');
          const sign = async () =>
            new Uint8Array(await crypto.subtle.sign(ecdsa, key.privateKey, own(publicKey)));
          this.operation(`proof ${context.name}`, sign, (result) => {
            if (result.ok) self.send({ type: 'proof.signed', proof: result.value });
            else throw result.error;
          });
        },
        sendProof: ({ context, event }) => {
          if (event.type !== 'proof.signed') return;
          const payload = new Uint8Array([...context.publicKey, ...event.proof]);
          this.wire.send({
            from: context.name,
            to: 'notary',
            protocol: 'proof',
            label: 'proof',
            payload,
            meta: null,
          });
        },
      },
    });
    return machine.createMachine({
      context: ({ input }) => ({ ...input, key: null, publicKey: new Uint8Array() }),
      initial: 'starting',
      entry: 'attach',
      states: {
        starting: { after: { untilStart: 'generatingKey' } },
        generatingKey: {
          entry: [{ type: 'say', params: 'generates a key' }, 'generateKey'],
          on: {
            'key.generated': {
              target: 'provingKey',
              actions: assign({ key: ({ event }) => event.key, publicKey: ({ event }) => event.publicKey }),
            },
            'operation.failed': 'failed',
          },
        },
        provingKey: {
          entry: 'signProof',
          on: { 'proof.signed': { target: 'waiting', actions: 'sendProof' } },
        },
        waiting: { on: { 'message.received': 'serving' } },
        serving: {
          entry: { type: 'say', params: 'serves' },
          after: { untilRenewal: 'generatingKey' },
        },
        failed: { entry: { type: 'say', params: 'failed' } },
      },
    });
  }

  #attachNotary(): void {
    this.wire.attach('notary', ({ from, payload }) => {
      const publicKey = own(payload.slice(0, 65));
      const proof = own(payload.slice(65));
      this.operation(
        `check ${from}`,
        () => verify(publicKey, proof),
        (result) => {
          if (!result.ok) throw result.error;
          this.say('notary', `proof of ${from} is ${result.value ? 'good' : 'bad'}`);
          const label = result.value ? 'countersignature' : 'refusal';
          this.wire.send({ from: 'notary', to: from, protocol: 'proof', label, payload: proof, meta: null });
        },
      );
    });
  }
}

async function generateKey(): Promise<{ key: CryptoKeyPair; publicKey: Uint8Array }> {
  const key = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
  return { key, publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey)) };
}

async function verify(publicKey: BufferSource, proof: BufferSource): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, ecdsa, false, ['verify']);
  return crypto.subtle.verify(ecdsa, key, proof, publicKey);
}

/** WebCrypto's types want to know that the bytes are not shared memory. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
