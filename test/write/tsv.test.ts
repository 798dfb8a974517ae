import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import { openRankings } from '../../src/write/open-rankings.js';
import { tempFolder } from '../temp-folder.js';
import { bareRanking } from './some-rankings.js';

async function tsv(...rankings: Ranking[]): Promise<string> {
  const file = join(tempFolder(), 'r.tsv');
  const writer = await openRankings(file, { force: false });
  for (const ranking of rankings) await writer.write(ranking);
  await writer.finish();
  return readFile(file, 'utf8');
}

const HEADER =
  'index\tfile\tid\tprompt_id\tanswer\tmodel\tscore\trank\tlabel\tlabel_score\tlength\ttruncated\twin_probability\n';

test('each answer is a line, in answer order, and every line has every column', async () => {
  const ranking: Ranking = {
    index: 4,
    file: 'a.jsonl',
    id: 'i',
    prompt_id: 'p',
    scores: [-1.2345679, 1e-7],
    ranks: [2, 1],
    order: [1, 0],
    truncated: [1],
    labels: [1.5, null],
    label_scores: [null, 0],
    models: [null, 'm'],
    lengths: [3, 0],
    source: ['not a column'],
    win_probability: [0.75, null],
  };
  assert.equal(
    await tsv(ranking, bareRanking(5)),
    `${HEADER}4\ta.jsonl\ti\tp\t0\t\t-1.2345679\t2\t1.5\t\t3\tfalse\t0.75\n` +
      '4\ta.jsonl\ti\tp\t1\tm\t1e-7\t1\t\t0\t0\ttrue\t\n' +
      '5\t\t\tp\t0\t\t0.1\t1\t\t\t1\tfalse\t\n',
  );
});

test('tabs, line ends and backslashes are escaped, so that a text can be restored', async () => {
  const id = 'tab\tline\nreturn\rback\\slash \\t "quote" \u2028 é';
  const [, line] = (await tsv(bareRanking(0, { id }))).split('\n');
  const cell = line.split('\t')[2];
  assert.equal(cell, 'tab\\tline\\nreturn\\rback\\\\slash \\\\t "quote" \u2028 é');
  const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
  assert.equal(
    cell.replaceAll(/\\(.)/g, (_, letter) => characters[letter]),
    id,
  );
});

test('a cell that a spreadsheet takes for a formula is written as it is, as docs/data.md says: ids must still join', async () => {
  const [id, model] = ['=1+1', '@SUM(A1)'];
  const ranking = { ...bareRanking(0, { id }), prompt_id: '+1', models: [model] };
  const [, line] = (await tsv(ranking)).split('\n');
  assert.deepEqual(line.split('\t').slice(2, 6), [id, '+1', '0', model]);
});

test('without rankings there is only a header', async () => {
  assert.equal(await tsv(), HEADER);
});
