import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './root.js';

/**
 * Words that hide who acts, and phrases of sentences that had to be read twice. A sentence names its subject and uses the field's terms.
 */
const RIDDLES: readonly string[] = [
  'whoever',
  'somebody',
  'nobody',
  'as they come',
  'what others began',
  'told otherwise',
  'is told',
  'are told',
  'was told',
  'were told',
  'be told',
  'only told',
  'never told',
  'told as',
  'told by',
  'told from',
  'told how',
  'told of',
  'told that',
  'told what',
  'told whether',
  '/** told',
  'tell nothing',
  'tells nothing',
  'as few runs as',
  'all of about one length',
  'may not see of each other',
  'need not be computed',
  'makes of what stands',
  'what it stands for',
  'what became of',
  'less than chance is',
  'no knowledge turned round',
  'one a core',
  'as they gain more than',
  'a body that is much longer',
  'nothing but why a run failed',
  'flags go before',
  'of weights above',
  'of smaller ones no more than',
  'not shown to beat',
];

const SELF = 'test/words.test.ts';

/** What may stand between two words: blanks, and the beginning of a comment's next line. */
const BETWEEN = String.raw`(?:\s|\*|//|#)+`;
const PATTERNS = RIDDLES.map((riddle) => {
  const words = riddle.split(' ').map((word) => word.replaceAll('*', '\\*'));
  return { riddle, pattern: new RegExp(String.raw`(?<!\w)${words.join(BETWEEN)}(?!\w)`, 'gi') };
});

/** `line: "riddle"` for each riddle in a text, in any case. Lines count from 1. */
function riddlesIn(text: string): string[] {
  return PATTERNS.flatMap(({ riddle, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => `${text.slice(0, index).split('\n').length}: "${riddle}"`),
  );
}

/** Sources, scripts and documents below a folder, as paths from the root. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js|py|md)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** The files by their first two folders: `src/read`, or `test` for a file directly in it. */
function byPart(files: readonly string[]): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const file of files.filter((one) => one !== SELF)) {
    const part = file.split('/').slice(0, -1).slice(0, 2).join('/') || file;
    parts.set(part, [...(parts.get(part) ?? []), file]);
  }
  return parts;
}

const FILES = ['README.md', 'CONTRIBUTING.md', ...['docs', 'examples', 'src', 'test'].flatMap(filesIn)];

for (const [part, files] of byPart(FILES)) {
  test(`${part} has no riddles`, () => {
    const found = files.flatMap((file) =>
      riddlesIn(readFileSync(join(ROOT, file), 'utf8')).map((riddle) => `${file}:${riddle}`),
    );
    assert.deepEqual(found, [], 'name who acts, and say what happens');
  });
}

test('riddles are found in any case and across the lines of a comment, with the line they begin in', () => {
  assert.ok(FILES.length > 600 && FILES.includes(SELF));
  const text =
    "one\n/** Whoever.\n * It is\n * told. */\n// as they\n  // come\n/** Told it. */ const tolding = 'No.';\n";
  assert.deepEqual(riddlesIn(text).sort(), ['2: "whoever"', '3: "is told"', '5: "as they come"', '7: "/** told"']);
  assert.deepEqual(riddlesIn('The caller is tolder; somebody2 comes.'), []);
});
