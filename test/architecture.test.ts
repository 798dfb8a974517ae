import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './root.js';

/** The rooms of `src` that each room may import. Every room may import itself and `contracts`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  json: [],
  threads: [],
  tables: ['json'],
  names: [],
  read: ['json', 'names', 'tables'],
  template: [],
  encode: ['json'],
  model: ['json', 'template', 'encode', 'threads'],
  'engines/local': ['model', 'threads'],
  'engines/remote': ['json', 'model'],
  // The table of engines.
  engines: ['engines/local', 'engines/remote', 'model'],
  rank: [],
  // Joins texts, engine and ranking.
  score: ['model', 'engines', 'engines/local', 'rank'],
  write: ['json', 'tables'],
  runs: ['json', 'model', 'read', 'write'],
  measure: ['json'],
  export: ['tables'],
  report: [],
  convert: ['json', 'model', 'template'],
  hub: ['json', 'model', 'names'],
  doctor: ['model', 'engines', 'engines/local', 'score'],
  // Commands may import all stages and `cli/common`, but no other command.
  cli: ['cli/*', 'write'],
  'cli/common': [
    'convert',
    'engines',
    'engines/local',
    'hub',
    'json',
    'model',
    'read',
    'runs',
    'score',
    'template',
    'write',
  ],
  'cli/compare': ['cli/common', 'measure', 'read', 'report', 'runs', 'write'],
  'cli/convert': ['cli/common', 'convert', 'hub', 'model', 'template', 'write'],
  'cli/demo': ['cli/common', 'measure', 'read', 'report', 'score', 'write'],
  'cli/doctor': ['cli/common', 'convert', 'doctor', 'engines/local', 'model', 'report', 'score', 'write'],
  'cli/evaluate': ['cli/common', 'measure', 'rank', 'read', 'report', 'runs', 'score', 'write'],
  'cli/export': ['cli/common', 'export', 'read', 'report', 'runs', 'write'],
  'cli/merge': ['cli/common', 'read', 'runs', 'write'],
  'cli/score': ['cli/common', 'engines/local', 'read', 'report', 'runs', 'score', 'write'],
};
/** Folders whose subfolders are separate rooms. */
const SPLIT: ReadonlySet<string> = new Set(['engines', 'cli']);
/** It is hard to find a file in a larger folder. */
const MOST_FILES = 20;
const BUILT_IN = /^node:/;

const SOURCES = join(ROOT, 'src');
const IMPORT =
  /(?:^|\s)(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'|new URL\('([^']+\.js)'/g;

/** Constants in capitals are left out, as their names count only within their file. */
const EXPORT = /^export (?:abstract |async )*(?:function\*?|class|interface|type) (\w+)/gm;

interface Source {
  /** Path from src. */
  file: string;
  /** Paths from src, or package names. */
  imports: string[];
}

function sources(folder = SOURCES): Source[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    const imports = [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) =>
      resolved(path, match.slice(1).find(Boolean) ?? ''),
    );
    return [{ file: relative(SOURCES, path), imports }];
  });
}

function resolved(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(SOURCES, join(dirname(from), specifier.replace(/\.js$/, '.ts')));
}

/** The room of a source: `engines/local`, or `cli` for a file in that folder itself. */
function roomOf(file: string): string {
  const [first, second] = file.split('/');
  return SPLIT.has(first) && !second.endsWith('.ts') ? `${first}/${second}` : first;
}

const isOurs = (name: string) => name.endsWith('.ts');

/** `@scope/name/part` is a part of `@scope/name`. */
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

const all = sources();

test('no file is directly in src, and every room is in the table', () => {
  for (const { file } of all) assert.ok(file.includes('/'), `${file} is directly in src; move it into a folder`);
  assert.deepEqual(new Set(all.map(({ file }) => roomOf(file))), new Set(Object.keys(ALLOWED)));
});

test('a room imports only what the table allows', () => {
  for (const { file, imports } of all) {
    const room = roomOf(file);
    for (const name of imports.filter(isOurs)) {
      const other = roomOf(name);
      const allowed = [room, 'contracts', ...ALLOWED[room]];
      const isAllowed = allowed.includes(other) || (allowed.includes('cli/*') && other.startsWith('cli/'));
      assert.ok(isAllowed, `${file} may not import ${name}: ${room} -> ${other} is not in the table`);
    }
  }
});

test('every import that the table allows is used', () => {
  const used = new Set(
    all.flatMap(({ file, imports }) => imports.filter(isOurs).map((name) => `${roomOf(file)} -> ${roomOf(name)}`)),
  );
  for (const [room, others] of Object.entries(ALLOWED)) {
    for (const other of others.filter((one) => !one.endsWith('*')))
      assert.ok(used.has(`${room} -> ${other}`), `nothing in ${room} imports ${other}; take it out of the table`);
  }
});

test('rooms import each other in one direction', () => {
  const importsOf = new Map(
    Object.entries(ALLOWED).map(([room, others]) => [room, others.filter((one) => one in ALLOWED)]),
  );
  assertNoCycle(importsOf);
});

test(`no folder has more than ${MOST_FILES} files`, () => {
  const counts = new Map<string, number>();
  for (const { file } of all) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  for (const [folder, count] of counts) assert.ok(count <= MOST_FILES, `${folder} has ${count} files`);
});

test('each library is imported by one file and listed in package.json', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const importers = new Map<string, Set<string>>();
  for (const { file, imports } of all) {
    for (const name of imports.filter((one) => !isOurs(one) && !BUILT_IN.test(one)).map(packageOf)) {
      assert.ok(name in dependencies, `${file} imports ${name}`);
      importers.set(name, (importers.get(name) ?? new Set()).add(file.startsWith('cli/') ? 'cli' : file));
    }
  }
  assert.deepEqual([...importers.keys()].sort(), Object.keys(dependencies).sort(), 'every dependency is used');
  for (const [name, files] of importers) assert.equal(files.size, 1, `${name} is imported by ${[...files].join(', ')}`);
});

test('no cycle of imports', () => {
  assertNoCycle(new Map(all.map(({ file, imports }) => [file, imports.filter(isOurs)])));
});

function assertNoCycle(importsOf: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    assert.ok(!path.includes(name), `a cycle: ${[...path, name].join(' -> ')}`);
    if (done.has(name)) return;
    for (const next of importsOf.get(name) ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of importsOf.keys()) visit(name, []);
}

test('no two exports share a name', () => {
  const files = new Map<string, string>();
  for (const { file } of all) {
    for (const [, name] of readFileSync(join(SOURCES, file), 'utf8').matchAll(EXPORT)) {
      assert.equal(
        files.get(name),
        undefined,
        `${name} is exported by ${files.get(name)} and ${file}; rename one of them`,
      );
      files.set(name, file);
    }
  }
  assert.equal(files.get('RewardEngine'), 'contracts/reward-engine.ts', 'the reader of exports finds them');
});

test('flags become settings in one step: no other file uses the options of commander', () => {
  const isStep = (file: string) => /^cli\/[^/]+\/(flags|settings)\.ts$/.test(file);
  for (const { file } of all.filter((source) => !isStep(source.file))) {
    const [flags] = /\b[A-Z]\w*Flags\b/.exec(readFileSync(join(SOURCES, file), 'utf8')) ?? [];
    assert.equal(flags, undefined, `${file} takes ${flags}`);
  }
});

test('the reader of imports finds imports; otherwise all tests above would pass', () => {
  const importsOf = (file: string) => all.find((source) => source.file === file)?.imports ?? [];
  assert.ok(importsOf('engines/local/local-model.ts').includes('engines/local/local-engine.ts'));
  assert.ok(importsOf('engines/local/pool-worker.ts').includes('engines/local/worker.ts'));
  assert.ok(importsOf('engines/local/runtime.ts').includes('onnxruntime-node'));
});
