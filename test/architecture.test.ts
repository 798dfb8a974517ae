import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './root.js';

/** What every stage may know. */
const COMMON = [
  'types.ts',
  'common-beginning.ts',
  'agreement.ts',
  'errors.ts',
  'model-files.ts',
  'checkpoint-files.ts',
  'duckdb.ts',
  'arrow.ts',
  'json-text.ts',
  'nearest.ts',
  'time-text.ts',
];
/** What these may know of each other. */
const BASIC = ['types.ts', 'errors.ts', 'time-text.ts', 'json-text.ts'];
const STAGES = [
  'read',
  'template',
  'encode',
  'plan',
  'infer',
  'rank',
  'write',
  'measure',
  'report',
  'convert',
  'hub',
  'doctor',
];
/** What composes the stages that make ids of texts, in a thread of its own. */
const TEXTS = 'texts';
const TEXT_STAGES = ['template', 'encode'];
/** The file that composes the stages on the way of a row; the commands stand above it. */
const FLOW = 'flow.ts';
/** The file that composes the checks of `doctor`, which look at what every stage makes of a model folder, with the stages and the flow. */
const EXAMINATION = 'examination.ts';
const COMMANDS = 'cli';
const BUILT_IN = /^node:/;

const SOURCES = join(ROOT, 'src');
const IMPORT =
  /(?:^|\s)(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'|new URL\('([^']+\.js)'/g;

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

const top = (file: string) => file.split('/')[0];
const isOurs = (name: string) => [...COMMON, FLOW, EXAMINATION, TEXTS, ...STAGES, COMMANDS].includes(top(name));

/** `@scope/name/part` is a part of `@scope/name`. */
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

const all = sources();

test('every source lies where the design says', () => {
  for (const { file } of all) assert.ok(isOurs(file), `${file} belongs to no stage`);
  assert.deepEqual(
    new Set(all.map(({ file }) => top(file))),
    new Set([...COMMON, FLOW, EXAMINATION, TEXTS, COMMANDS, ...STAGES]),
  );
});

test('a stage knows types, errors and itself; the flow knows stages; commands know all', () => {
  for (const { file, imports } of all) {
    for (const name of imports.filter((one) => isOurs(one))) {
      const allowed = COMMON.includes(name)
        ? !COMMON.includes(file) || BASIC.includes(name)
        : top(file) === COMMANDS
          ? true
          : file === FLOW
            ? [TEXTS, ...STAGES].includes(top(name))
            : file === EXAMINATION
              ? name === FLOW || [TEXTS, ...STAGES].includes(top(name))
              : top(file) === TEXTS
                ? [TEXTS, ...TEXT_STAGES].includes(top(name))
                : top(file) === top(name);
      assert.ok(allowed, `${file} may not import ${name}`);
    }
  }
});

test('one importer a library, and none that package.json does not name', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const importers = new Map<string, Set<string>>();
  for (const { file, imports } of all) {
    for (const name of imports.filter((one) => !isOurs(one) && !BUILT_IN.test(one)).map(packageOf)) {
      assert.ok(name in dependencies, `${file} imports ${name}`);
      importers.set(name, (importers.get(name) ?? new Set()).add(top(file) === COMMANDS ? COMMANDS : file));
    }
  }
  assert.deepEqual([...importers.keys()].sort(), Object.keys(dependencies).sort(), 'every dependency is used');
  for (const [name, files] of importers) assert.equal(files.size, 1, `${name} is imported by ${[...files].join(', ')}`);
});

test('no cycle of imports', () => {
  const importsOf = new Map(all.map(({ file, imports }) => [file, imports]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `a cycle: ${[...path, file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const name of importsOf.get(file) ?? []) visit(name, [...path, file]);
    done.add(file);
  };
  for (const { file } of all) visit(file, []);
});

test('the reader of imports finds them: a test that sees nothing would pass', () => {
  const flow = all.find(({ file }) => file === FLOW);
  assert.ok(flow?.imports.includes('engines/local/plan/plan.ts'));
  assert.ok(all.find(({ file }) => file === 'engines/local/pool.ts')?.imports.includes('engines/local/worker.ts'));
  assert.ok(all.find(({ file }) => file === 'engines/local/runtime.ts')?.imports.includes('onnxruntime-node'));
});
