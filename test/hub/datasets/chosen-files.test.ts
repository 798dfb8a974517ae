import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDatasetAddress } from '../../../src/hub/datasets/address.js';
import { chosenFiles, type FileChoice } from '../../../src/hub/datasets/chosen-files.js';
import { splitsByNames } from '../../../src/hub/datasets/splits.js';

const HUB = 'https://hub.example';

function choose(paths: readonly string[], choice: FileChoice = {}, card?: object): string {
  const digest = { algorithm: 'git SHA-1', hex: '0'.repeat(40) } as const;
  const files = paths.map((path) => ({ path, size: 1, digest }));
  const { files: found, part } = chosenFiles({ files, card }, choice, 'hf://datasets/a/b@main');
  return `${part ?? 'named'}: ${found.map(({ path }) => path).join(' ')}`;
}

const refused = (problem: RegExp, ...asked: Parameters<typeof choose>) =>
  assert.throws(() => choose(...asked), problem);

test('an address names a data set, a revision and what is in it', () => {
  const at = (text: string) => {
    const { repository, inside } = parseDatasetAddress(text, HUB) ?? {};
    return repository && [repository.name, repository.revision, inside];
  };
  assert.deepEqual(at('hf://datasets/a/b'), ['a/b', 'main', undefined]);
  assert.deepEqual(at('hf://datasets/a/b/'), ['a/b', 'main', undefined]);
  assert.deepEqual(at('hf://datasets/a/b@v1.0/data/x y.jsonl'), ['a/b', 'v1.0', 'data/x y.jsonl']);
  assert.deepEqual(at('hf://datasets/a/b@refs/convert/parquet/c/*.parquet'), [
    'a/b',
    'refs/convert/parquet',
    'c/*.parquet',
  ]);
  assert.deepEqual(at('hf://datasets/a/b@refs%2Fpr%2F1'), ['a/b', 'refs/pr/1', undefined]);
  assert.deepEqual(at(`${HUB}/datasets/a/b/resolve/main/data/x%20y.jsonl?download=true`), [
    'a/b',
    'main',
    'data/x y.jsonl',
  ]);
  assert.deepEqual(at(`${HUB}/datasets/a/b/blob/v1/x.jsonl`), ['a/b', 'v1', 'x.jsonl']);
  for (const other of [
    'rows.jsonl',
    `${HUB}/datasets/a/b`,
    `${HUB}/a/b/resolve/main/x`,
    'https://else.example/x.jsonl',
  ])
    assert.equal(parseDatasetAddress(other, HUB), undefined, other);
  for (const wrong of [
    'hf://a/b',
    'hf://datasets/a',
    'hf://spaces/a/b',
    'hf://datasets/a/b@..',
    'hf://datasets/a/b@%zz',
  ])
    assert.throws(() => parseDatasetAddress(wrong, HUB), /E_USAGE: .*: expected hf:\/\/datasets\/OWNER\/NAME/, wrong);
});

test('names of files tell the splits as datasets reads them', () => {
  const splits = (...paths: string[]) => Object.fromEntries(splitsByNames(paths));
  assert.deepEqual(splits('rows.jsonl', 'more.jsonl'), { train: ['rows.jsonl', 'more.jsonl'] });
  assert.deepEqual(splits('train.jsonl', 'my_test_file.jsonl', 'dev/a.jsonl', 'other.jsonl'), {
    train: ['train.jsonl'],
    test: ['my_test_file.jsonl'],
    validation: ['dev/a.jsonl'],
  });
  assert.deepEqual(splits('contest.jsonl', 'trainer.jsonl'), { train: ['contest.jsonl', 'trainer.jsonl'] });
  assert.deepEqual(splits('data/train_sft-00000-of-00002.parquet', 'data/x-00000-of-00001-0a1b.parquet', 'test.csv'), {
    train_sft: ['data/train_sft-00000-of-00002.parquet'],
    x: ['data/x-00000-of-00001-0a1b.parquet'],
  });
});

test('the files are those of one configuration and one split', () => {
  const paths = ['README.md', 'a/train.jsonl', 'a/test.jsonl', 'b/one.parquet', 'b/two.parquet', 'dataset_infos.json'];
  assert.equal(choose(['.gitattributes', 'README.md', 'data/rows.jsonl']), 'split train: data/rows.jsonl');
  refused(/E_USAGE: .*: this data set has several splits; choose one with --split: test, train/, paths);
  assert.equal(choose(paths, { split: 'test' }), 'split test: a/test.jsonl');
  refused(/E_USAGE: .*: this data set has no split dev; it has test, train/, paths, { split: 'dev' });

  const configs = [
    {
      config_name: 'first',
      data_files: [
        { split: 'train', path: 'a/tr*' },
        { split: 'test', path: ['a/test.jsonl'] },
      ],
    },
    { config_name: 'second', data_files: 'b/*.parquet' },
    { config_name: 'third', data_dir: 'b', data_files: { one: 'one.*' } },
    { config_name: 'fourth', data_dir: './a/' },
    { data_files: 'no name' },
  ];
  refused(/several configurations; choose one with --config: first, second, third, fourth/, paths, {}, { configs });
  const of = (config: string, split?: string) => choose(paths, { config, split }, { configs });
  assert.equal(of('first', 'train'), 'configuration first, split train: a/train.jsonl');
  assert.equal(of('second'), 'configuration second, split train: b/one.parquet b/two.parquet');
  assert.equal(of('third'), 'configuration third, split one: b/one.parquet');
  assert.equal(of('fourth', 'test'), 'configuration fourth, split test: a/test.jsonl');
  refused(/no configuration fifth; its card names first, second/, paths, { config: 'fifth' }, { configs });
  refused(/no configuration any; its card names none/, paths, { config: 'any' });
  const usual = { configs: [configs[0], { ...configs[1], default: true }, 7] };
  assert.equal(choose(paths, {}, usual), 'configuration second, split train: b/one.parquet b/two.parquet');
  refused(/it has no files that can be read; this data set has x.png/, ['x.png']);
  refused(/it has no files that can be read; this data set has no files/, ['README.md']);
  refused(/E_NO_INPUT: .*it has no files that can be read; this data set has x.png/, ['x.png'], { split: 'train' });
});

test('of several formats of the same rows that of most files is taken', () => {
  assert.equal(choose(['rows.jsonl', 'p/1.parquet', 'p/2.parquet']), 'split train: p/1.parquet p/2.parquet');
});

test('files are named by path, folder or pattern', () => {
  const paths = ['README.md', 'a/one.jsonl', 'a/two.jsonl', 'b/[x].jsonl', 'notes.txt'];
  const inside = (path: string) => choose(paths, { inside: path });
  assert.equal(inside('a/one.jsonl'), 'named: a/one.jsonl');
  assert.equal(inside('a'), 'named: a/one.jsonl a/two.jsonl');
  assert.equal(inside('**/*.jsonl'), 'named: a/one.jsonl a/two.jsonl b/[x].jsonl');
  assert.equal(inside('b/[x].jsonl'), 'named: b/[x].jsonl');
  assert.equal(inside('notes.txt'), 'named: notes.txt');
  refused(
    /E_NO_INPUT: .*: it has no file, folder or files of rows c\/\*; this data set has a\/one.jsonl, a\/two.jsonl, b/,
    paths,
    { inside: 'c/*' },
  );
});
