import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ROOT } from './root.js';

/**
 * Runs some of the compiled tests:
 *
 *     npm run test:some -- test/rank/ranking.test.ts      # files, or folders
 *     npm run test:fast                                   # all that start no command, browser, server or large model
 */
const SLOW = [
  'bench',
  'cli',
  'convert',
  'engines',
  'hub',
  'model',
  'report/html/browser',
  'score',
  'doctor',
  'docs',
  'peers',
];

const COMPILED = join(ROOT, 'dist');

/** Paths of all compiled test files, relative to `dist`. */
function testFiles(): string[] {
  return readdirSync(join(COMPILED, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => join('test', path))
    .sort();
}

function isSlow(path: string): boolean {
  return SLOW.some((slow) => path.startsWith(join('test', slow)));
}

/** The compiled path of a source or of a folder of sources. */
function isNamed(path: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const compiled = relative(ROOT, resolve(name)).replace(/\.ts$/, '.js');
    return path === compiled || path.startsWith(join(compiled, '/'));
  });
}

const names = process.argv.slice(2);
const chosen = testFiles().filter((path) => (names[0] === '--fast' ? !isSlow(path) : isNamed(path, names)));
if (chosen.length === 0) {
  console.error('no test file is named so; name files or folders as test/rank/ranking.test.ts');
  process.exitCode = 2;
} else {
  const flags = ['--enable-source-maps', '--test', '--test-timeout=900000', '--test-reporter=spec'];
  const files = chosen.map((path) => join(COMPILED, path));
  process.exitCode = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' }).status ?? 1;
}
