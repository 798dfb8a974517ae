import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openInputs } from '../../src/read/inputs/inputs.js';
import { RankingOrigins } from '../../src/runs/ranking-origins.js';
import { SCORED_BY } from '../report/evaluations.js';
import { tempFolder } from '../temp-folder.js';

const { date: _, ...IDENTITY } = SCORED_BY;

test('of shards with one identity the last date counts, and no more than ten notes are kept', async () => {
  const folder = tempFolder();
  const names = Array.from({ length: 15 }, (_, shard) => join(folder, `shard-${shard}.jsonl`));
  for (const [shard, name] of names.entries()) {
    await writeFile(name, 'longer than its record says');
    const time = `2026-11-${10 + ((shard * 7) % 15)}T12:00:00.000Z`;
    const end = { time, rows: 1, skipped: {}, bytes: 3, sha256: 'ab', tokens: 1, seconds: 1 };
    const record = { run_format: 1, identity: IDENTITY, asked: {}, inputs: [], attempts: [], end };
    await writeFile(`${name}.run.json`, JSON.stringify(record));
  }
  const inputs = await openInputs(names);
  const origins = new RankingOrigins();
  assert.deepEqual(await origins.common(inputs), IDENTITY);
  const { scoredBy, notes } = await origins.found(inputs);
  assert.deepEqual(scoredBy, [{ ...IDENTITY, date: '2026-11-24T12:00:00.000Z' }]);
  assert.equal(notes.length, 11);
  assert.match(notes[9], /shard-9\.jsonl was changed after it was written: 3 bytes -> 27 bytes\.$/);
  assert.equal(notes[10], '5 more notes of these kinds are left out.');
});
