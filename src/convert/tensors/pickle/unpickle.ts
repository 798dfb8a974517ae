import { PickleError, PickleMachine, type PickleWorld } from './machine.js';
import { REFUSED, STEPS } from './opcodes.js';

const STOP = 0x2e;

/**
 * Reads a pickle as far as a dictionary of tensors needs it, by an allow-list of opcodes and globals: nothing of it is run.
 * Tuples and lists become arrays, dictionaries maps, integers beyond 2^53 bigints.
 * @throws PickleError naming the opcode and its byte, or the global
 */
export function unpickle(pickle: Buffer, world: PickleWorld): unknown {
  const machine = new PickleMachine(pickle, world);
  for (;;) {
    const at = machine.position;
    const opcode = machine.unsigned(1);
    if (opcode === STOP) return machine.pop();
    const step = STEPS.get(opcode);
    if (step === undefined)
      throw new PickleError(`it has opcode ${named(opcode)} at byte ${at}, which no dictionary of tensors needs`);
    step(machine);
  }
}

/** `0x69 (INST)` */
function named(opcode: number): string {
  const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
  return REFUSED.has(opcode) ? `${hex} (${REFUSED.get(opcode)})` : hex;
}
