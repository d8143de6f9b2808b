import type { CommandResult } from '../command.ts';
import type { World } from '../world.ts';
import { measureBlastRadius } from './blast-radius.ts';
import type { TrustCommand } from './command.ts';
import {
  addAnchors,
  createAuthority,
  crossSign,
  moveKey,
  plugIn,
  renewAuthority,
  setMultiRoot,
  skewClock,
} from './commands.ts';
import { publishCrl, revoke } from './revocation.ts';
import { stealKey } from './theft.ts';

/** Carries out a command about CAs, trust or stolen keys. */
export function takeTrustCommand(world: World, command: TrustCommand): CommandResult {
  switch (command.type) {
    case 'create-authority':
      return createAuthority(world, command);
    case 'renew-authority':
      return renewAuthority(world, command);
    case 'cross-sign':
      return crossSign(world, command);
    case 'move-key':
      return moveKey(world, command);
    case 'cacerts':
      return plugIn(world, command);
    case 'multi-root':
      return setMultiRoot(world, command);
    case 'mesh-anchors':
      return addAnchors(world, command);
    case 'revoke':
      return revoke(world, command);
    case 'publish-crl':
      return publishCrl(world, command);
    case 'steal-key':
      return stealKey(world, command);
    case 'blast-radius':
      return measureBlastRadius(world, command.holder);
    case 'skew-clock':
      return skewClock(world, command);
  }
}
