import { PickleError, PickleMachine, type PickleWorld } from './machine.js';
import { REFUSED, STEPS } from './opcodes.js';

const STOP = 0x2e;

/**
 * Reads the pickle of a tensor dictionary with an allow-list of opcodes and globals. No code of the pickle is run.
 * Tuples and lists become arrays, dictionaries become maps, integers beyond 2^53 become bigints.
 * @throws PickleError with the opcode and its byte, or the global
 */
export function unpickle(pickle: Buffer, world: PickleWorld): unknown {
  const machine = new PickleMachine(pickle, world);
  for (;;) {
    const at = machine.position;
    const opcode = machine.unsigned(1);
    if (opcode === STOP) return machine.pop();
    const step = STEPS.get(opcode);
    if (step === undefined)
      throw new PickleError(
        `it has opcode ${named(opcode)} at byte ${at}; expected only the opcodes that a dictionary of tensors needs`,
      );
    step(machine);
  }
}

/** `0x69 (INST)` */
function named(opcode: number): string {
  const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
  return REFUSED.has(opcode) ? `${hex} (${REFUSED.get(opcode)})` : hex;
}
