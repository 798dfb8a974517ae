import assert from 'node:assert/strict';
import { copyFile, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import type { ScoredBy } from '../../../src/contracts/agreement.js';
import { openDuckDb, sqlText } from '../../../src/tables/duckdb.js';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { bash, run, shell } from '../run.js';

const model = await byteModel();
const folder = tempFolder();
const at = (name: string) => join(folder, name);
const rows = at('rows.jsonl');
await copyFile(SAMPLE, rows);

async function scored(name: string, ...flags: string[]): Promise<string> {
  const { code, stderr } = await run(['score', '-m', model, rows, '-q', '-o', at(name), ...flags]);
  assert.equal(code, 0, stderr);
  return at(name);
}

async function recordOf(file: string) {
  return JSON.parse(await readFile(`${file}.run.json`, 'utf8'));
}

interface Judged {
  scored_by: ScoredBy[];
  scored_by_notes?: string[];
}

async function evaluated(...args: string[]): Promise<Judged & { stderr: string; table: string }> {
  const json = at(`${args.length}-${Math.random()}.json`);
  const { code, stdout, stderr } = await run(['evaluate', ...args, '--json', json]);
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(await readFile(json, 'utf8')), stderr, table: stdout };
}

/** The texts under the key of the identity in the metadata of a file. */
async function metadataIn(file: string): Promise<string[]> {
  if (!file.endsWith('.parquet')) {
    const text = tableFromIPC(await readFile(file)).schema.metadata.get('starling_rm');
    return text === undefined ? [] : [text];
  }
  const database = await openDuckDb();
  const texts: string[] = [];
  const sql = `SELECT decode(value) FROM parquet_kv_metadata(${sqlText(file)}) WHERE decode(key) = 'starling_rm'`;
  for await (const { rows: found } of database.stream(sql)) for (const [text] of found) texts.push(`${text}`);
  database.close();
  return texts;
}

const line = ({ model_sha256, date }: ScoredBy) =>
  `model int8, template chatml, ${model_sha256.slice(0, 12)}, ${date?.slice(0, 10)}`;

const jsonl = await scored('r.jsonl');
const parquet = await scored('r.parquet');
const { identity } = await recordOf(parquet);
const other = await scored('other.parquet', '--max-length', '200');

test('score and evaluate --save write the identity of the run record into Parquet and Arrow, and nothing else', async () => {
  const arrow = await scored('r.arrow');
  const piped = await shell(
    bash`starling-rm score -m ${model} ${rows} -q --format arrow | cat > ${at('piped.arrows')}`,
  );
  assert.equal(piped.code, 0, piped.stderr);
  const save = ['evaluate', '-m', model, rows, '-q', '--save', at('saved.parquet')];
  assert.equal((await run(save)).code, 0);
  for (const file of [parquet, arrow, at('piped.arrows'), at('saved.parquet')]) {
    assert.deepEqual(await metadataIn(file), [JSON.stringify(identity)], file);
  }
  assert.ok((await readFile(at('saved.parquet'))).equals(await readFile(parquet)), 'however it came about');
  assert.equal(identity.model, 'model');
  assert.doesNotMatch(JSON.stringify(identity), new RegExp(`${folder}|${new Date().getFullYear()}-`));
});

test('a live run and rankings of every kind say what scored them, on top of the table and in the JSON', async () => {
  const live = await evaluated('-m', model, rows);
  const { date, ...now } = live.scored_by[0];
  assert.deepEqual(now, identity);
  assert.ok(Math.abs(Date.parse(`${date}`) - Date.now()) < 86_400_000);
  assert.ok(live.table.startsWith(`${line(live.scored_by[0])}\n\n`), live.table);

  for (const file of [jsonl, parquet]) {
    const { scored_by, table, stderr, scored_by_notes } = await evaluated('--scored', file);
    assert.deepEqual(scored_by, [{ ...identity, date: (await recordOf(file)).end.time }], file);
    assert.ok(table.startsWith(`${line(scored_by[0])}\n\n`), table);
    assert.deepEqual({ stderr, scored_by_notes }, { stderr: '', scored_by_notes: undefined });
  }

  await copyFile(parquet, at('alone.parquet'));
  const alone = await evaluated('--scored', at('alone.parquet'));
  assert.deepEqual(alone.scored_by, [identity], 'metadata have no date');
  assert.match(alone.table, /^model int8, template chatml, [0-9a-f]{12}\n\n/);

  const inPipe = at('pipe.json');
  const arrow = bash`starling-rm score -m ${model} ${rows} -q --format arrow | starling-rm evaluate --scored --json ${inPipe}`;
  assert.equal((await shell(arrow)).code, 0);
  assert.deepEqual(JSON.parse(await readFile(inPipe, 'utf8')).scored_by, [identity]);

  const lines = await shell(bash`cat ${jsonl} | starling-rm evaluate --scored`);
  assert.deepEqual([lines.code, lines.stderr], [0, '']);
  assert.match(lines.stdout, /^unknown model \(the rankings do not say what scored them\)\n\n/);
});

test('rankings of several models: each is named once, and only a common identity goes along with --save', async () => {
  await copyFile(parquet, at('copy.parquet'));
  const one = at('one.parquet');
  const same = await evaluated('--scored', parquet, at('copy.parquet'), '--save', one);
  assert.equal(same.scored_by.length, 1);
  assert.deepEqual(await metadataIn(one), [JSON.stringify(identity)]);
  const fifo = at('fifo.arrow');
  const stream = await shell(
    bash`mkfifo ${fifo}; cat ${fifo} > ${at('both')} & starling-rm evaluate -q --scored ${parquet} ${at('copy.parquet')} --save ${fifo}; wait`,
  );
  assert.equal(stream.stderr, '');
  assert.deepEqual(
    await metadataIn(at('both')),
    [JSON.stringify(identity)],
    'known before the first row of all inputs',
  );

  const two = at('two.parquet');
  const mixed = await evaluated('--scored', parquet, other, '--save', two);
  assert.deepEqual(mixed.scored_by.map(({ max_length }) => max_length).sort(), [200, 2048]);
  assert.deepEqual(mixed.table.split('\n\n')[0].split('\n').length, 2);
  assert.deepEqual(await metadataIn(two), []);

  await copyFile(jsonl, at('silent.jsonl'));
  const partly = await evaluated('--scored', parquet, at('silent.jsonl'), '--save', at('three.parquet'));
  assert.deepEqual(partly.scored_by.length, 1);
  assert.match(`${partly.scored_by_notes}`, /^1 of 2 inputs do not say what scored them: .*silent\.jsonl\.$/);
  assert.deepEqual(await metadataIn(at('three.parquet')), []);
});

test('FILE.partial has the identity of FILE.run.json: the file that is made of it is the file that was to be made', async () => {
  await copyFile(jsonl, at('stopped.parquet.partial'));
  const { end: _, ...record } = await recordOf(parquet);
  await writeFile(at('stopped.parquet.run.json'), JSON.stringify(record));
  const made = await evaluated('--scored', at('stopped.parquet.partial'), '--save', at('made.parquet'));
  assert.deepEqual(made.scored_by, [identity]);
  assert.equal(made.stderr, '');
  assert.ok((await readFile(at('made.parquet'))).equals(await readFile(parquet)));
});

test('changed inputs and changed rankings are named on standard error, in the notes, the page and the JSON', async () => {
  const file = await scored('changed.jsonl');
  const text = await readFile(rows, 'utf8');
  try {
    await utimes(rows, new Date(), new Date());
    await utimes(file, new Date(), new Date());
    const touched = await evaluated('--scored', file);
    assert.deepEqual([touched.stderr, touched.scored_by_notes], ['', undefined], 'the same bytes');

    await writeFile(rows, text.replace('e', 'i'));
    const edited = await evaluated('--scored', file);
    assert.match(
      `${edited.scored_by_notes}`,
      /^Changed since .*changed\.jsonl was scored: .*rows\.jsonl \(SHA-256 \w{12} -> \w{12}\)\.$/,
    );

    await writeFile(rows, `${text}\n`);
    const [first] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${first}\n`);
    const page = at('changed.html');
    const { scored_by, scored_by_notes = [], stderr, table } = await evaluated('--scored', file, '--html', page);
    assert.deepEqual(scored_by.length, 1);
    assert.match(scored_by_notes[0], /^.*changed\.jsonl was changed after it was written: \d+ bytes -> \d+ bytes\.$/);
    assert.match(
      scored_by_notes[1],
      /^Changed since .*changed\.jsonl was scored: .*rows\.jsonl \(\d+ bytes -> \d+ bytes\)\.$/,
    );
    assert.equal(scored_by_notes.length, 2);
    assert.equal(stderr, scored_by_notes.map((note) => `starling-rm: ${note}\n`).join(''));
    const [shown, html] = [table.replaceAll(/\s+/g, ' '), await readFile(page, 'utf8')];
    for (const note of scored_by_notes) {
      assert.ok(shown.includes(note), note);
      assert.ok(html.includes(note.replaceAll('>', '&gt;')), note);
    }
    assert.equal((await run(['evaluate', '--scored', file, '-q'])).stderr, '');

    await rm(rows);
    assert.equal(
      (await evaluated('--scored', file)).scored_by_notes?.length,
      1,
      'an input that is gone has not changed',
    );
  } finally {
    await writeFile(rows, text);
  }
});

test('a record or metadata that cannot be used is a warning, and the figures are made', async () => {
  const file = await scored('warned.jsonl');
  const path = `${file}.run.json`;
  const record = await recordOf(file);
  const { end: _, ...unended } = record;
  const noModel = { ...record, identity: { ...identity, model: 7 } };
  for (const [text, warning] of [
    ['nonsense', /^Not used: .*warned\.jsonl\.run\.json: this is no run record, which is JSON/],
    [
      JSON.stringify(noModel),
      /^Not used: .*run\.json, field model: this does not say what scored the rankings: expected a string, found 7\.$/,
    ],
    [JSON.stringify(unended), /^Not used: .*run\.json: its run has not ended, so it did not write .*warned\.jsonl\.$/],
  ] as const) {
    await writeFile(path, text);
    const { scored_by, scored_by_notes, stderr, table } = await evaluated('--scored', file);
    assert.deepEqual(scored_by, []);
    assert.match(`${scored_by_notes}`, warning);
    assert.equal(stderr, `starling-rm: ${scored_by_notes}\n`);
    assert.match(table, /pairwise accuracy/);
  }

  const database = await openDuckDb();
  const broken = at('broken.parquet');
  await database.run(
    `COPY (FROM ${sqlText(parquet)}) TO ${sqlText(broken)} (FORMAT parquet, KV_METADATA {starling_rm: '{"a":'})`,
  );
  database.close();
  const { scored_by, scored_by_notes } = await evaluated('--scored', broken);
  assert.deepEqual(scored_by, []);
  assert.match(
    `${scored_by_notes}`,
    /^Not used: .*broken\.parquet: this does not say what scored the rankings: it is not JSON/,
  );

  await rename(path, `${at('alone.parquet')}.run.json`);
  await writeFile(`${at('alone.parquet')}.run.json`, JSON.stringify(await recordOf(other)));
  const misfit = await evaluated('--scored', at('alone.parquet'));
  assert.deepEqual(misfit.scored_by, [identity], 'metadata go before a record');
  assert.match(
    `${misfit.scored_by_notes}`,
    /^Not used: .*alone\.parquet\.run\.json: it names another model or other settings/,
  );
});
