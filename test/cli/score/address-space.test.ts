import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { arrowBytes, zstdFrame } from './bad-files.js';
import { GOOD } from './bad-inputs.js';

const model = await byteModel();
const BINARY = join(ROOT, 'bin/starling-rm');
const PYTHON = process.env.STARLING_RM_PYTHON;
/** KiB of address space: enough for Node and the runtime, too little for what WebAssembly reserves by default. */
const LIMITS_KIB = [3_000_000, 9_000_000];

/** Scores a file under `ulimit -v`. */
function scored(program: readonly string[], file: string, kibibytes: number) {
  const line = `ulimit -v ${kibibytes}; PATH="$(dirname "$1"):$PATH"; shift; exec "$@"`;
  const args = [process.execPath, ...program, 'score', '-q', '-m', model, '--workers', '1', file];
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line, '-', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function newFile(name: string, content: string | Buffer): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

const LINES = `${GOOD}\n`.repeat(3);
const plain = newFile('rows.jsonl', LINES);
const packed = newFile('rows.jsonl.zst', zstdFrame(LINES));

for (const limit of LIMITS_KIB) {
  test(`Zstandard is unpacked with ${limit} KiB of address space, as plain lines are read`, () => {
    const expected = scored([BINARY], plain, limit);
    assert.equal(expected.status, 0, expected.stderr);
    assert.deepEqual(scored([BINARY], packed, limit), expected);
  });

  test(`without its flag, Node says what it lacks with ${limit} KiB of address space`, async () => {
    const node = [process.execPath, BINARY];
    const expected = scored(node, plain, limit);
    assert.equal(expected.status, 0, expected.stderr);
    const refused = scored(node, packed, limit);
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    const says =
      /^starling-rm: E_RESOURCES: .*rows\.jsonl\.zst: .* 10 GiB of address space, .*--disable-wasm-trap-handler.* or try: zstd -dc .*\n$/;
    assert.match(refused.stderr, says);
    const arrow = scored(node, newFile('rows.arrow', await arrowBytes('file', 2)), limit);
    assert.equal(arrow.status, 0, 'Arrow that is not compressed needs none');
  });
}

const MAKE = `
import sys, pyarrow as pa, pyarrow.feather as feather
rows = pa.Table.from_pylist([{"prompt": "hi", "answers": ["a" * 500, "b" * 500]}] * 50)
feather.write_feather(rows, sys.argv[1], compression="zstd")
`;

test('Arrow with Zstandard buffers is unpacked too', { skip: skipWithoutArrow() }, () => {
  const file = join(tempFolder(), 'rows.arrow');
  const made = spawnSync(PYTHON ?? '', ['-c', MAKE, file], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const { status, stdout, stderr } = scored([BINARY], file, LIMITS_KIB[0]);
  assert.deepEqual([status, stdout.split('\n').length], [0, 51], stderr);
  const refused = scored([process.execPath, BINARY], file, LIMITS_KIB[0]);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /E_RESOURCES: .*rows\.arrow: .* 10 GiB of address space, .* or write the file with LZ4\n$/,
  );
});

function skipWithoutArrow(): string | false {
  const found = PYTHON !== undefined && spawnSync(PYTHON, ['-c', 'import pyarrow']).status === 0;
  return !found && 'NOT TESTED: STARLING_RM_PYTHON names no Python that has pyarrow';
}
