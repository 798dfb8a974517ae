import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { byteModel, writeByteCheckpoint } from '../cli/byte-model.js';
import { writeFolder } from '../engines/local/external-folder.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import type { Command } from './pages.js';

/** Programs of others that commands call. */
const TOOLS = ['jq', 'duckdb', 'parallel', 'zcat', 'python3', 'trl'];

const LINES = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
/** A table that this test writes itself. */
const CSV = `question,answer_a,answer_b,winner
"What is 2 + 2?",4.,"5, I think.",answer_a
Name a colour.,I cannot.,"Blue.
Or ""green"".",answer_b
`;

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** A folder with the files that the commands of the pages name; `bin/starling-rm` scores with a small model of random weights. */
export async function workplace(): Promise<string> {
  const folder = tempFolder();
  cpSync(join(ROOT, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
  writeRows(folder);
  await writeParquet(folder);
  await writeByteCheckpoint(join(folder, 'my-checkpoint'), {
    special: ['<unk>', '<s>', '</s>'],
    config: { bos_token_id: 1, eos_token_id: 2 },
    settings: { bos_token: '<s>', eos_token: '</s>', add_bos_token: true },
  });
  cpSync(writeFolder(), join(folder, 'my-onnx'), { recursive: true });
  writeProgram(folder, await byteModel());
  return folder;
}

/** `rows.jsonl`, packed, in shards, and several times. */
function writeRows(folder: string): void {
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  writeFileSync(join(folder, 'rows.jsonl'), text(LINES));
  writeFileSync(join(folder, 'many.jsonl'), text(Array.from({ length: 7 }, () => LINES).flat()));
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(text(LINES)));
  writeFileSync(join(folder, 'questions.csv'), CSV);
  mkdirSync(join(folder, 'shards'));
  for (const shard of [0, 1, 2]) {
    writeFileSync(join(folder, `shards/${shard}.jsonl`), text(LINES.slice(shard * 9, shard * 9 + 9)));
  }
}

async function writeParquet(folder: string): Promise<void> {
  const database = await openDuckDb();
  const rows = `FROM read_json(${sqlText(SAMPLE)})`;
  await database.run(`COPY (${rows}) TO ${sqlText(join(folder, 'rows.parquet'))} (FORMAT parquet)`);
  database.close();
}

function writeProgram(folder: string, model: string): void {
  const program = join(folder, 'bin/starling-rm');
  mkdirSync(dirname(program));
  const lines = [
    '#!/bin/sh',
    'command=$1',
    'case "$* " in',
    `  *" --model "*|*" --scored "*|convert*|compare*|merge*|export*|--*) exec "${process.execPath}" "${ROOT}/bin/starling-rm" "$@" ;;`,
    'esac',
    'shift',
    `exec "${process.execPath}" "${ROOT}/bin/starling-rm" "$command" --model "${model}" "$@"`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
}

/** Runs a command in a folder: with the embedded model if its output is shown, else with the small one, as only the output depends on it. */
export function runIn(
  folder: string,
  { kind, text }: Command,
): { status: number | null; stdout: string; stderr: string } {
  const programs = join(kind === 'console' ? ROOT : folder, 'bin');
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', withoutBuild(text)], {
    cwd: folder,
    env: { ...process.env, PATH: `${programs}:${dirname(process.execPath)}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** The command less what has been done when a test runs, and less all tests, of which this is one. */
function withoutBuild(text: string): string {
  return text.replaceAll(/npm (?:run )?([\w:]+)/g, (_, name: string) => {
    if (['ci', 'build', 'test'].includes(name)) return 'true';
    const script: string = scripts[name];
    return `(cd "${ROOT}" && ${script.replace('npm run build && ', '')})`;
  });
}

/** For `test(name, { skip }, …)`: which program of others a command needs and this machine lacks, or false. */
export function skipWithoutTools({ text }: Command): string | false {
  const missing = TOOLS.filter((tool) => text.includes(`${tool} `)).filter((tool) => {
    return spawnSync('bash', ['-c', `command -v ${tool}`]).status !== 0;
  });
  return missing.length > 0 && `NOT TESTED: ${missing.join(', ')} is absent`;
}

/** The lines that a command printed, with messages for people only where the page shows some now. */
export function printedLines({ output }: Command, { stdout, stderr }: { stdout: string; stderr: string }): string[] {
  const showsMessages = output.some((line) => line.startsWith('starling-rm: '));
  const printed = `${showsMessages ? stderr : ''}${stdout}`.replace(/\n$/, '');
  return printed === '' ? [] : printed.split('\n');
}
