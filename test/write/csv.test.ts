import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import { CSV } from '../../src/write/csv.js';
import { openRankings } from '../../src/write/open-rankings.js';
import { TSV } from '../../src/write/tsv.js';
import { tempFolder } from '../temp-folder.js';
import { bareRanking } from './some-rankings.js';

async function csv(...rankings: Ranking[]): Promise<string> {
  const file = join(tempFolder(), 'r.csv');
  const writer = await openRankings(file, { force: false });
  for (const ranking of rankings) await writer.write(ranking);
  await writer.finish();
  return readFile(file, 'utf8');
}

const HEADER = 'index,file,id,prompt_id,answer,model,score,rank,label,label_score,length,truncated,win_probability\n';

const RANKING: Ranking = {
  index: 4,
  file: 'a,b.jsonl',
  id: '',
  prompt_id: 'say "p"',
  scores: [-1.2345679, 1e-7],
  ranks: [2, 1],
  order: [1, 0],
  truncated: [1],
  labels: [1.5, null],
  models: [null, ' m\t'],
  lengths: [3, 0],
};

test('each answer is a line; cells with commas or quotes are quoted, and so is an empty text', async () => {
  assert.equal(
    await csv(RANKING, bareRanking(5)),
    `${HEADER}4,"a,b.jsonl","","say ""p""",0,,-1.2345679,2,1.5,,3,false,\n` +
      '4,"a,b.jsonl","","say ""p""",1, m\t,1e-7,1,,,0,true,\n' +
      '5,,,p,0,,0.1,1,,,1,false,\n',
  );
  assert.equal(await csv(), HEADER);
});

test('--resume reads back what it needs of both tables', () => {
  const known = { index: 4, scores: [-1.2345679, 1e-7], truncated: [1] };
  for (const format of [CSV, TSV]) {
    assert.deepEqual(format.saved(format.text(RANKING)), known);
    assert.equal(format.index.exec(format.text(RANKING))?.[1], '4');
    assert.equal(format.index.exec(format.header), null);
  }
});

test('a line end in a cell is refused with its place: --resume reads lines', async () => {
  for (const id of ['a\nb', 'a\rb']) {
    await assert.rejects(csv(bareRanking(7, { id })), {
      code: 'E_FIELD',
      place: { row: 7, field: 'id' },
      message: /found a line end/,
    });
  }
});
