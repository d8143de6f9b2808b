export { createMesh } from './create-mesh.ts';
export type {
  CommandRefusal,
  CommandResult,
  CsrCommand,
  FaultCommand,
  MeshCommand,
  MomentOf,
  PodSelector,
  RequestCommand,
} from './command.ts';
export type { Mesh, MeshOptions, PodMaterial, PodStatus } from './mesh.ts';
export type { MeshSettings, NodeSetting } from './settings.ts';
