import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { shardName } from '../../../src/runs/merge/shard-name.js';
import type { RunRecord } from '../../../src/runs/run-record.js';
import { LIMIT } from '../../limit.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { inProcess } from '../in-process.js';
import { row, run } from '../run.js';

const ROWS = 70;
const made = join(tempFolder(), 'out.jsonl');
const input = join(tempFolder(), 'rows.jsonl');
const nameOf = (file: string, index: number, count = 2) => shardName(file, { index, count });

before(async () => {
  await writeFile(input, Array.from({ length: ROWS }, (_, i) => row(`r${i}`)).join(''));
  const model = await byteModel();
  for (const index of [0, 1]) {
    const args = [input, '--keep', '-o', made, '--shard', `${index}/2`];
    assert.equal(await inProcess('score', '-m', model, '--workers', '1', ...args), undefined);
  }
});

/** Copies of two finished shards in a folder of their own, for a case to spoil. */
class Shards {
  readonly folder = tempFolder();
  readonly named = (file: string): string => join(this.folder, file);
  readonly a = nameOf(this.named('out.jsonl'), 0);
  readonly b = nameOf(this.named('out.jsonl'), 1);

  static async copied(): Promise<Shards> {
    const shards = new Shards();
    for (const [index, file] of [shards.a, shards.b].entries()) await shards.copy(nameOf(made, index), file);
    return shards;
  }

  /** Copies a file with its record. */
  async copy(from: string, to: string): Promise<void> {
    await copyFile(from, to);
    await copyFile(`${from}.run.json`, `${to}.run.json`);
  }

  /** Changes the record of the second shard. */
  async edit(change: (record: RunRecord) => object): Promise<void> {
    const path = `${this.b}.run.json`;
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
  }

  /** Changes what scored the second shard. */
  identity(changed: object): Promise<void> {
    return this.edit((record) => ({ ...record, identity: { ...record.identity, ...changed } }));
  }
}

interface Misuse {
  name: string;
  /** What is done to the two shards before they are merged. */
  spoil?(shards: Shards): Promise<unknown>;
  /** The files and flags that follow `merge`; both shards if absent. */
  args?(shards: Shards): string[];
  expected: RegExp;
}

const TO_OTHERS: readonly Misuse[] = [
  {
    name: 'a copy of a shard without its record',
    spoil: ({ a, named }) => copyFile(a, named('again.jsonl')),
    args: ({ a, b, named }) => [a, b, named('again.jsonl')],
    expected:
      /again\.jsonl: this is no shard, but \S+out-00000-of-00002\.jsonl is shard 0\/2; give each shard of one run once/,
  },
  {
    name: 'a shard twice',
    args: ({ a, b }) => [a, b, a],
    expected: /out-00000-of-00002\.jsonl: this is shard 0\/2, and so is \S+out-00000-of-00002\.jsonl; give each/,
  },
  {
    name: 'a copy of a shard with its record',
    spoil: (shards) => shards.copy(shards.a, shards.named('again.jsonl')),
    args: ({ a, b, named }) => [a, b, named('again.jsonl')],
    expected: /again\.jsonl: this is shard 0\/2, and so is \S+out-00000-of-00002\.jsonl/,
  },
  {
    name: 'a missing run record',
    spoil: ({ b }) => rm(`${b}.run.json`),
    expected:
      /E_SHARD: \S+00001-of-00002\.jsonl: its run record \S+\.run\.json, which says what it is, is not there; put it back/,
  },
  {
    name: 'a damaged run record',
    spoil: ({ b }) => writeFile(`${b}.run.json`, '{'),
    expected: /E_RESUME: \S+00001-of-00002\.jsonl\.run\.json\b.*: this is no run record/,
  },
  {
    name: 'a run record that lacks parts',
    spoil: (shards) => shards.edit((record) => ({ ...record, asked: {} })),
    expected: /E_SHARD: \S+\.run\.json, field asked\.output: this is no run record of score/,
  },
  {
    name: 'another model',
    spoil: (shards) => shards.identity({ model_sha256: '0'.repeat(64) }),
    expected:
      /E_SHARD: \S+00001-of-00002\.jsonl: this differs from \S+ in model \(\w{12} -> 0{12}\); merge files of one model/,
  },
  {
    name: 'another dtype and another version',
    spoil: (shards) => shards.identity({ dtype: 'fp32', tool: 'starling-rm 9' }),
    expected: /in dtype \(int8 -> fp32\), tool \(starling-rm \S+ -> starling-rm 9\);/,
  },
  {
    name: 'another kind of processor',
    spoil: (shards) => shards.identity({ processor: ['sse9'] }),
    expected: /in processor \(.* -> sse9\); allow scores of both with --mixed-machines/,
  },
  {
    name: 'other rows',
    spoil: (shards) =>
      shards.edit((record) => ({ ...record, asked: { ...record.asked, choice: { shard: '1/2', limit: 5 } } })),
    expected: /in --limit \(not given -> 5\)/,
  },
  {
    name: 'another input',
    spoil: (shards) =>
      shards.edit((record) => ({ ...record, inputs: [{ ...record.inputs[0], sha256: '1'.repeat(64) }] })),
    expected: /in \S+rows\.jsonl \(SHA-256 \w{12} -> 1{12}\)/,
  },
  {
    name: 'a file that was changed',
    spoil: ({ b }) => writeFile(b, '{"index":64}\n'),
    expected: /E_SHARD: \S+00001-of-00002\.jsonl: this was changed since its run ended: it has another SHA-256/,
  },
  {
    name: 'another number of shards',
    async spoil(shards) {
      await shards.edit((record) => ({ ...record, asked: { ...record.asked, choice: { shard: '1/3' } } }));
      await shards.copy(shards.b, shards.named('x-00001-of-00003.jsonl'));
    },
    args: ({ a, named }) => [a, named('x-00001-of-00003.jsonl')],
    expected: /x-00001-of-00003\.jsonl: this is shard 1\/3, but \S+ is shard 0\/2/,
  },
  {
    name: 'a shard under another number',
    spoil: (shards) => shards.copy(shards.b, shards.named('x-00005-of-00009.jsonl')),
    args: ({ a, named }) => [a, named('x-00005-of-00009.jsonl')],
    expected: /x-00005-of-00009\.jsonl: its run record says that it is shard 1\/2, which its name does not/,
  },
];

const TO_OUTPUTS: readonly Misuse[] = [
  {
    name: 'the output among the inputs',
    args: ({ a, b }) => [a, b, '-o', b, '--force'],
    expected: /E_USAGE: \S+: --output and an input are the same place/,
  },
  {
    name: 'an output that exists',
    spoil: ({ named }) => writeFile(named('x.jsonl'), ''),
    expected: /E_EXISTS: \S+x\.jsonl: this exists/,
  },
  {
    name: 'fields of the rows to TSV',
    args: ({ a, b, named }) => [a, b, '-o', named('x.tsv')],
    expected:
      /E_USAGE: \S+, line 1: this has the field prompt of its row, for which tsv has no place; write JSON lines/,
  },
  {
    name: 'errors of rows to Parquet',
    spoil: ({ named }) => writeFile(named('e.jsonl'), '{"index":0,"error":{"code":"E_JSON","message":"no"}}\n'),
    args: ({ named }) => [named('e.jsonl'), '-o', named('x.parquet')],
    expected: /E_USAGE: \S+e\.jsonl, line 1: this has the error of a row, for which parquet has no place/,
  },
  {
    name: 'a packed output',
    args: ({ a, b, named }) => [a, b, '-o', named('x.jsonl.gz')],
    expected: /E_USAGE: \S+: nothing is compressed here/,
  },
  {
    name: 'Parquet to a pipe',
    args: ({ a, b }) => [a, b, '--format', 'parquet'],
    expected: /E_USAGE: <stdout>: Parquet cannot be written to a pipe/,
  },
  {
    name: 'rejects of shards without any',
    args: ({ a, b, named }) => [a, b, '-o', named('x.jsonl'), '--rejects', named('bad.jsonl')],
    expected: /E_USAGE: --rejects does nothing without shards that were scored with --rejects/,
  },
  {
    name: 'rejects to a pipe',
    args: ({ a, b }) => [a, b, '--rejects', '-'],
    expected: /E_USAGE: --rejects: the names of the shards are made of its name; give a file/,
  },
];

const TO_INPUTS: readonly Misuse[] = [
  { name: 'no such file', args: ({ named }) => [named('no.jsonl')], expected: /E_NO_INPUT: \S+no\.jsonl: there is no/ },
  { name: 'records only', args: ({ a }) => [`${a}.run.json`], expected: /E_USAGE: these are run records only/ },
  { name: 'a pipe', args: ({ a }) => [a, '-'], expected: /E_USAGE: <stdin>: this is a pipe, and merge reads files/ },
  {
    name: 'rows',
    args: ({ named }) => [input, '-o', named('x.jsonl')],
    expected: /E_SHARD: \S+rows\.jsonl, line 1: this is no ranking as a line of JSON/,
  },
  {
    name: 'a row in two files',
    async spoil({ a, b, named }) {
      for (const name of ['y.jsonl', 'z.jsonl']) await copyFile(a, named(name));
      await copyFile(b, named('w.jsonl'));
    },
    args: ({ named }) => [named('y.jsonl'), named('w.jsonl'), named('z.jsonl'), '-o', named('x.jsonl')],
    expected: /E_SHARD: \S+[yz]\.jsonl, line 1: row 0 is also in \S+[yz]\.jsonl, line 1; a row can be merged once only/,
  },
  {
    name: 'rankings that have not ended',
    async spoil(shards) {
      await shards.edit(({ end: _, asked, ...record }) => ({ ...record, asked: { ...asked, choice: {} } }));
      await rename(`${shards.b}.run.json`, shards.named('y.jsonl.run.json'));
      await rename(shards.b, shards.named('y.jsonl'));
    },
    args: ({ named }) => [named('y.jsonl')],
    expected: /E_SHARD: \S+y\.jsonl: the run that writes this has not ended; go on with it with --resume/,
  },
];

for (const { name, spoil, args, expected } of [...TO_OTHERS, ...TO_OUTPUTS, ...TO_INPUTS]) {
  test(`merge refuses ${name}`, LIMIT, async () => {
    const shards = await Shards.copied();
    await spoil?.(shards);
    const files = await readdir(shards.folder);
    const given = args?.(shards) ?? [shards.a, shards.b, '-o', shards.named('x.jsonl')];
    const error = await inProcess('merge', ...given);
    assert.equal(error?.exitCode, 2, `${error}`);
    assert.match(String(error), expected);
    assert.doesNotMatch(String(error), /\n/);
    const left = (await readdir(shards.folder)).filter((file) => !file.endsWith('.partial'));
    assert.deepEqual(left, files, 'something was written');
  });
}

test('a shard that stopped at a bad row may have gone on with --on-error skip', LIMIT, async () => {
  const shards = await Shards.copied();
  await shards.edit(({ asked, ...record }) => ({
    ...record,
    asked: { ...asked, bad_rows: { ...asked.bad_rows, on_error: 'skip' } },
  }));
  const merged = shards.named('x.jsonl');
  assert.equal(await inProcess('merge', shards.a, shards.b, '-o', merged), undefined);
  const { asked }: RunRecord = JSON.parse(await readFile(`${merged}.run.json`, 'utf8'));
  assert.deepEqual([asked.bad_rows.on_error, asked.choice], ['skip', {}]);
});

test('--mixed-machines merges scores of several kinds of processors, and the record shows it', LIMIT, async () => {
  const shards = await Shards.copied();
  await shards.identity({ processor: ['sse9'] });
  const merged = shards.named('x.jsonl');
  assert.equal(await inProcess('merge', shards.a, shards.b, '-o', merged, '--mixed-machines'), undefined);
  const { attempts }: RunRecord = JSON.parse(await readFile(`${merged}.run.json`, 'utf8'));
  assert.deepEqual(
    attempts.map(({ processor }) => processor),
    [undefined, ['sse9']],
  );
});

test('merge refuses lines that have an index but are no rankings', LIMIT, async () => {
  const shards = await Shards.copied();
  await writeFile(shards.named('y.jsonl'), '{"index":0,"scores":[1]}\n');
  const error = await inProcess('merge', shards.named('y.jsonl'), '-o', shards.named('x.jsonl'));
  assert.match(String(error), /^E_FIELD: \S+y\.jsonl, line 1 \(row 0\), field \w+: /);
});

test(
  'missing and unfinished shards are listed on standard output, for a shell that starts them again',
  LIMIT,
  async () => {
    const shards = await Shards.copied();
    const [missing, unfinished] = [nameOf(shards.named('x.jsonl'), 0, 40), nameOf(shards.named('x.jsonl'), 7, 40)];
    await shards.edit((record) => ({ ...record, asked: { ...record.asked, choice: { shard: '7/40' } } }));
    await shards.copy(shards.b, unfinished);
    await rename(unfinished, `${unfinished}.partial`);
    await shards.edit((record) => ({ ...record, asked: { ...record.asked, choice: { shard: '0/40' } } }));
    await shards.copy(shards.b, missing);
    const { code, stdout, stderr } = await run(['merge', missing, `${unfinished}.partial`]);
    assert.deepEqual([code, stdout], [2, `${Array.from({ length: 39 }, (_, i) => i + 1).join(' ')}\n`]);
    assert.match(
      stderr,
      /^starling-rm: E_SHARD: 39 of 40 shards are not there, or not finished: 1 2 .* 20 and 19 more; [^\n]+\n$/,
    );
  },
);

test('score refuses shards that cannot be merged, before it looks for inputs', async () => {
  const cases: [string[], RegExp][] = [
    [['--shard', '2/2'], /there is no shard 2 of 2; they are numbered from 0 to 1/],
    [['--shards', '4'], /--shards does nothing without --shard auto/],
    [
      ['--shard', '0/2', '-o', 'x.parquet'],
      /x\.parquet: shards are JSON lines, of which starling-rm merge makes parquet/,
    ],
    [['--shard', '0/2', '--format', 'arrow'], /shards are JSON lines, of which starling-rm merge makes arrow/],
    [['--shard', '0/2', '-o', 'x-00000-of-00002.jsonl'], /already the name of a shard; name it x\.jsonl, of which/],
    [['--shard', '0/2', '--explain'], /--shard does nothing without rankings to write; drop --explain/],
  ];
  for (const [flags, expected] of cases) {
    const error = await inProcess('score', 'no-such-file.jsonl', ...flags);
    assert.equal(error?.code, 'E_USAGE');
    assert.match(String(error), expected);
  }
});
