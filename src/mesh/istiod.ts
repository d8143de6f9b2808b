import { setup } from 'xstate';
import { IstiodCalls } from './istiod-calls.ts';
import { tell } from './tell.ts';
import { recordUnexpected } from './unexpected.ts';
import { loadCacerts } from './trust/cacerts.ts';
import type { ControlPlane } from './trust/control-plane.ts';
import type { World } from './world.ts';

type IstiodEvent =
  | { readonly type: 'istiod.stop'; readonly reason: string }
  | { readonly type: 'istiod.start'; readonly reason: string };

interface IstiodContext {
  readonly world: World;
  readonly plane: ControlPlane;
  readonly calls: IstiodCalls;
}

/** istiod: the issuing CA behind CreateCertificate. Configuration discovery is not modelled. */
export const istiodMachine = setup({
  types: {
    context: {} as IstiodContext,
    events: {} as IstiodEvent,
    input: {} as { readonly world: World; readonly plane: ControlPlane },
  },
  actions: {
    // A call changes no state of the process, so it is served without passing through the machine.
    listen: ({ context }) => {
      const { world, plane, calls } = context;
      world.wire.attach(plane.actor, (incoming) => calls.serve(incoming));
      plane.running = true;
    },
    hangUp: ({ context }) => {
      context.world.wire.detach(context.plane.actor);
      context.plane.running = false;
      context.calls.abandonAll();
    },
    recordStop: ({ context, event }) => {
      const reason = 'reason' in event ? event.reason : '';
      context.world.trace.append(context.plane.actor, 'istiod.stopped', { reason });
    },
    recordStart: ({ context, event }) => {
      const reason = 'reason' in event ? event.reason : '';
      context.world.trace.append(context.plane.actor, 'istiod.started', { reason });
    },
    // What the secret says by now is loaded without a look at what was loaded before.
    readSecret: ({ context: { world, plane }, self }) =>
      loadCacerts(world, plane, (reason) => self.send({ type: 'istiod.stop', reason })),
    wakeControllers: ({ context, system }) => {
      for (const workload of context.world.cluster.workloads.values()) {
        if (workload.refusals > 0)
          tell(context.world, system, 'api-server', { type: 'pod.changed', workload: workload.key });
      }
    },
    recordUnexpected: ({ context, event }) => recordUnexpected(context.world, context.plane.actor, event, ''),
  },
}).createMachine({
  id: 'istiod',
  context: ({ input }) => ({ ...input, calls: new IstiodCalls(input.world, input.plane) }),
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
        'istiod.start': { target: 'running', actions: ['recordStart', 'readSecret', 'wakeControllers'] },
        'istiod.stop': {},
      },
    },
  },
});
