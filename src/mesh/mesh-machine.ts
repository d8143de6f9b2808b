import { enqueueActions, setup } from 'xstate';
import { apiServerMachine } from './api-server.ts';
import { istiodMachine } from './istiod.ts';
import { nodeMachine } from './node.ts';
import type { World } from './world.ts';

/** The root actor of a run: control plane and nodes are its children, pods the children of their nodes. */
export const meshMachine = setup({
  types: {
    context: {} as { readonly world: World },
    input: {} as { readonly world: World },
  },
  actors: { apiServer: apiServerMachine, istiod: istiodMachine, node: nodeMachine },
  actions: {
    startActors: enqueueActions(({ context, enqueue }) => {
      const { world } = context;
      enqueue.spawnChild('apiServer', { id: 'api-server', systemId: 'api-server', input: { world } });
      for (const plane of world.controlPlanes) {
        const { actor } = plane;
        enqueue.spawnChild('istiod', { id: actor, systemId: actor, input: { world, plane } });
      }
      for (const name of world.cluster.nodes.keys()) {
        enqueue.spawnChild('node', { id: name, systemId: `node:${name}`, input: { world, node: name } });
      }
    }),
  },
}).createMachine({
  id: 'mesh',
  context: ({ input }) => ({ world: input.world }),
  entry: 'startActors',
  initial: 'running',
  states: { running: {} },
});
