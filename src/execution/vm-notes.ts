/** Hot path: times of the VMs in use, in one array for all of them. */

import { grown } from "./blocks.ts";

/** Numbers of a VM in `times`; as many as fill a line of memory. */
export const HOP_MS = 0;
export const GRANTED_MS = 1;
export const READY_MS = 2;
export const COLD_MS = 3;
export const INIT_MS = 4;
export const BILLED_FROM_MS = 5;
export const VM_NOTES = 8;

/** VM_NOTES numbers a VM, VMs by their place. */
export class VmNotes {
  times = new Float64Array(0);

  /** Makes room for so many VMs at once. */
  makeRoom(vms: number): void {
    if (vms * VM_NOTES > this.times.length)
      this.times = grown(this.times, new Float64Array(2 * vms * VM_NOTES));
  }
}
