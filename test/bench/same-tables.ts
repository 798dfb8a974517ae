import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTableFiles } from '../cli/score/table-files.js';
import { nectarRows } from '../cli/score/table-rows.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';

/**
 * Scores the same rows as JSON lines, wide and long CSV, Parquet and `save_to_disk` with the embedded model, and compares the rankings.
 *
 *   node dist/test/bench/same-tables.js [--rows 300]
 */
const { values: flags } = parseArgs({ options: { rows: { type: 'string', default: '300' } } });

interface Scored {
  id: string;
  file?: string;
  scores: number[];
  models: string[];
  labels: number[];
}

function score(path: string, args: readonly string[]): string {
  const program = join(ROOT, 'bin/starling-rm');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'score', '-q', path, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The rankings without the names of inputs, which only a run of several has. */
function rankingsIn(text: string): Scored[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { file: _, ...ranking }: Scored = JSON.parse(line);
      return ranking;
    });
}

function scoresOf(rankings: readonly Scored[]): string[] {
  return rankings
    .flatMap(({ id, scores, models, labels }) => scores.map((one, i) => `${id} ${models[i]} ${labels[i]} ${one}`))
    .sort();
}

const [jsonl, ...others] = await writeTableFiles(nectarRows(Number(flags.rows)), tempFolder());
const expected = score(jsonl.path, jsonl.flags);
const rankings = rankingsIn(expected);
console.log(`${jsonl.name}: ${rankings.length} rankings of ${scoresOf(rankings).length} answers`);
for (const { name, path, flags: args } of others) {
  const text = score(path, args);
  const found = rankingsIn(text);
  assert.deepEqual(scoresOf(found), scoresOf(rankings), name);
  const same = JSON.stringify(found) === JSON.stringify(rankings);
  const how =
    text === expected ? 'the same bytes' : same ? 'the same rankings, with the file of each' : 'in another order';
  console.log(`${name}: equal scores of all answers by id, ${how}`);
}
