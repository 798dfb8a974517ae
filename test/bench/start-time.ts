import { join } from 'node:path';
import { ROOT } from '../root.js';
import { LineProcess } from './line-process.js';
import { type Spread, spreadOf } from './spread.js';

const ROW = {
  prompt: 'Which is heavier, a kilogram of iron or one of feathers?',
  answers: [
    'They weigh the same, since both are exactly one kilogram.',
    'Iron of course, because metal is always heavier than feathers.',
  ],
};

/** Seconds from the start of the process to the ranking of one row with two answers of ten words. */
export async function startTime(times: number): Promise<Spread> {
  const seconds: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    const command = new LineProcess('starling-rm', join(ROOT, 'bin/starling-rm'), ['score', '-q']);
    await command.ask(`${JSON.stringify(ROW)}\n`);
    seconds.push((performance.now() - start) / 1000);
    await command.close();
  }
  return spreadOf(seconds);
}
