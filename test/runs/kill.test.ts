import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteModel } from '../cli/byte-model.js';
import { LIMIT } from '../limit.js';
import { tempFolder } from '../temp-folder.js';
import { killedRunOf, SCENARIOS, wholeRunOf, writeRows } from './killed-runs.js';

const model = byteModel();
const rows = tempFolder();
const written = writeRows(rows);

/** With all scenarios 20 and some; `test/bench/kill.ts` does hundreds. */
const KILLS = 3;

for (const [seed, scenario] of SCENARIOS.entries()) {
  test(`a run that is killed and gone on with equals one that was not, ${scenario.name}`, LIMIT, async () => {
    await written;
    const whole = await wholeRunOf(scenario, await model, rows);
    const { lost } = await killedRunOf(scenario, await model, rows, whole, KILLS, seed);
    assert.equal(lost, 0, 'a kill left fewer rows than the one before');
  });
}
