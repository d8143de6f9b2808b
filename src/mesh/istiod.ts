import { setup } from 'xstate';
import { IstiodCalls } from './istiod-calls.ts';
import { tell } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import type { World } from './world.ts';

type IstiodEvent =
  | { readonly type: 'istiod.stop'; readonly reason: string }
  | { readonly type: 'istiod.start'; readonly reason: string };

interface IstiodContext {
  readonly world: World;
  readonly calls: IstiodCalls;
}

/** istiod: the issuing CA behind CreateCertificate. Configuration discovery is not modelled. */
export const istiodMachine = setup({
  types: {
    context: {} as IstiodContext,
    events: {} as IstiodEvent,
    input: {} as { readonly world: World },
  },
  actions: {
    // A call changes no state of the process, so it is served without passing through the machine.
    listen: ({ context }) => {
      const { world, calls } = context;
      world.wire.attach('istiod', (incoming) => calls.serve(incoming));
      world.cluster.istiodRunning = true;
    },
    hangUp: ({ context }) => {
      context.world.wire.detach('istiod');
      context.world.cluster.istiodRunning = false;
      context.calls.abandonAll();
    },
    recordStop: ({ context, event }) => {
      const reason = 'reason' in event ? event.reason : '';
      context.world.trace.append('istiod', 'istiod.stopped', { reason });
    },
    recordStart: ({ context, event }) => {
      const reason = 'reason' in event ? event.reason : '';
      context.world.trace.append('istiod', 'istiod.started', { reason });
    },
    wakeControllers: ({ context, system }) => {
      for (const workload of context.world.cluster.workloads.values()) {
        if (workload.refusals > 0)
          tell(context.world, system, 'api-server', { type: 'pod.changed', workload: workload.key });
      }
    },
    recordUnexpected: ({ context, event }) => recordUnexpected(context.world, 'istiod', event, ''),
  },
}).createMachine({
  id: 'istiod',
  context: ({ input }) => ({ world: input.world, calls: new IstiodCalls(input.world) }),
  initial: 'running',
  on: { '*': { actions: 'recordUnexpected' } },
  states: {
    running: {
      entry: 'listen',
      on: {
        'istiod.stop': { target: 'stopped', actions: ['hangUp', 'recordStop'] },
        'istiod.start': {},
      },
    },
    stopped: {
      on: {
        'istiod.start': { target: 'running', actions: ['recordStart', 'wakeControllers'] },
        'istiod.stop': {},
      },
    },
  },
});
