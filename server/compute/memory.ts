/** Memory that a run may take here. */
import { totalmem } from 'node:os';

/** Of what there is. The rest is the engine's own, and the rooms'. */
export const MEMORY_SHARE = 0.5;

/** bytes: of the machine, or of what a container may have of it. */
export const spareMemory = (): number => MEMORY_SHARE * Math.min(totalmem(), process.constrainedMemory() || totalmem());
