import assert from 'node:assert/strict';
import { appendFile, copyFile, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord } from '../../../src/runs/run-record.js';
import { LIMIT } from '../../limit.js';
import { MODEL } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel, REFUSING_TEMPLATE } from '../byte-model.js';
import { finished, lines, row, run, start, withoutDates } from '../run.js';
import { firstLineIn, until } from '../until.js';

const model = byteModel();

/** Rows that tests write themselves; the one at `bad` is no JSON. */
function rowsOf(count: number, bad?: number): string {
  const good = (i: number) => row(`r${i}`, [`Answer ${i}.`, 'No.', `Perhaps ${i % 7} times.`], `Question ${i}?`);
  return Array.from({ length: count }, (_, i) => (i === bad ? 'broken\n' : good(i))).join('');
}

interface Case {
  folder: string;
  rows: string;
  out: string;
  partial: string;
  score(...flags: string[]): ReturnType<typeof run>;
}

async function caseOf(text: string, ending = 'jsonl'): Promise<Case> {
  const folder = tempFolder();
  const [rows, out] = [join(folder, 'rows.jsonl'), join(folder, `r.${ending}`)];
  await writeFile(rows, text);
  const dir = await model;
  const score = (...flags: string[]) => run(['score', '-m', dir, '-q', rows, '-o', out, ...flags]);
  return { folder, rows, out, partial: `${out}.partial`, score };
}

/** Makes of a whole output what a run that was killed after some bytes of it would have left. */
async function asKilled({ out, partial }: Case, bytes: number): Promise<void> {
  const record = JSON.parse(await readFile(`${out}.run.json`, 'utf8'));
  delete record.end;
  await writeFile(`${out}.run.json`, JSON.stringify(record));
  await rename(out, partial);
  await truncate(partial, bytes);
}

async function recordOf({ out }: Case): Promise<RunRecord> {
  return JSON.parse(await readFile(`${out}.run.json`, 'utf8'));
}

test('a run record says what made a file, and is complete when the file is', async () => {
  const made = await caseOf(rowsOf(5, 3));
  const { code } = await made.score('--on-error', 'skip', '--limit', '5');
  assert.equal(code, 1);
  const { identity, asked, inputs, attempts, end } = await recordOf(made);
  assert.deepEqual(
    [identity.engine, identity.model, identity.dtype, identity.template, identity.max_length, identity.readout],
    ['local', 'model', 'int8', 'chatml', 2048, 'last-token'],
  );
  assert.match(identity.model_sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(asked.choice, { limit: 5 });
  assert.equal(inputs[0].name, made.rows);
  assert.equal(inputs[0].bytes, rowsOf(5, 3).length);
  assert.equal(attempts.length, 1);
  assert.equal(end?.rows, 4);
  assert.deepEqual(end?.skipped, { E_JSON: 1 });
  assert.equal(end?.bytes, (await readFile(made.out)).length);
  const { createHash } = await import('node:crypto');
  assert.equal(
    end?.sha256,
    createHash('sha256')
      .update(await readFile(made.out))
      .digest('hex'),
  );
});

test('--run-file records what goes to a pipe', async () => {
  const folder = tempFolder();
  const file = join(folder, 'run.json');
  const { stdout } = await run(['score', '-m', await model, '--run-file', file], rowsOf(2));
  const { end, inputs } = JSON.parse(await readFile(file, 'utf8')) as RunRecord;
  assert.equal(end?.bytes, Buffer.byteLength(stdout));
  assert.deepEqual(inputs, [{ name: '<stdin>' }]);
});

test('what is left after a cut at any byte is gone on with to the same bytes', LIMIT, async () => {
  for (const ending of ['jsonl', 'csv', 'tsv', 'parquet']) {
    const made = await caseOf(rowsOf(6), ending);
    assert.equal((await made.score()).code, 0);
    const whole = await readFile(made.out);
    // The spool of Parquet is lines of JSON.
    const text = ending === 'parquet' ? await spoolOf(made) : whole;
    const ends = [...text.keys()].filter((at) => text[at] === 10).map((at) => at + 1);
    const cuts = [
      0,
      1,
      ends[0] - 1,
      ends[0],
      ends[0] + 1,
      ends[1],
      ends[2] + 7,
      ends.at(-2) ?? 0,
      text.length - 1,
      text.length,
    ];
    for (const cut of cuts) {
      await asKilled(made, 0);
      await writeFile(made.partial, text.subarray(0, cut));
      const { code, stderr } = await made.score('--resume');
      assert.equal(code, 0, `${ending} cut at ${cut}: ${stderr}`);
      assert.ok(whole.equals(await readFile(made.out)), `${ending} cut at ${cut}`);
    }
  }
});

/** What FILE.partial of a Parquet output holds when all rows are written. */
async function spoolOf(made: Case): Promise<Buffer> {
  const file = join(made.folder, 'spool.jsonl');
  const { code, stderr } = await run(['score', '-m', await model, '-q', made.rows, '-o', file]);
  assert.equal(code, 0, stderr);
  return readFile(file);
}

test('pages that never reached the disk are cut, with all behind them', async () => {
  const made = await caseOf(rowsOf(40));
  await made.score();
  const whole = await readFile(made.out);
  for (const [from, to] of [
    [0, 100],
    [1000, 2000],
    [whole.length - 300, whole.length],
  ]) {
    await asKilled(made, whole.length);
    await writeFile(made.partial, Buffer.from(whole).fill(0, from, to));
    assert.equal((await made.score('--resume')).code, 0);
    assert.ok(whole.equals(await readFile(made.out)), `zeroes from ${from} to ${to}`);
  }
});

test('rejects and rankings may each have lost their end', LIMIT, async () => {
  const bad = rowsOf(30)
    .split('\n')
    .map((line, i) => (i % 4 === 2 && line ? 'broken' : line))
    .join('\n');
  const made = await caseOf(bad);
  const rejects = join(made.folder, 'rejects.jsonl');
  const flags = ['--on-error', 'skip', '--rejects', rejects];
  assert.equal((await made.score(...flags)).code, 1);
  const [whole, refused] = [await readFile(made.out), await readFile(rejects)];
  for (const [ranked, rejected] of [
    [whole.length, 0],
    [0, refused.length],
    [whole.length / 2, refused.length],
    [whole.length, refused.length / 3],
    [whole.length / 3, refused.length / 2],
  ]) {
    await asKilled(made, Math.floor(ranked));
    await rename(rejects, `${rejects}.partial`);
    await truncate(`${rejects}.partial`, Math.floor(rejected));
    const { code, stderr } = await made.score('--resume', ...flags);
    assert.equal(code, 1, stderr);
    assert.ok(whole.equals(await readFile(made.out)), `${ranked} and ${rejected} bytes left: rankings`);
    assert.ok(refused.equals(await readFile(rejects)), `${ranked} and ${rejected} bytes left: rejects`);
    assert.match(stderr, /E_SKIPPED: 7 of 30 rows were skipped: 7 E_JSON/);
  }
});

/** Rows of which some cannot be read, and some are refused by the template. */
const SOME_BAD = rowsOf(20)
  .split('\n')
  .map((line, i) => {
    if (i % 5 === 2) return line.replace('"answers"', '"replies?"');
    return i % 5 === 4 ? row(`refused ${i}`, ['Yes.', 'No.'], 'Refuse!').trim() : line;
  })
  .join('\n');

test(
  'errors in place of rankings are gone on with after a cut at any line, with rejects and without',
  LIMIT,
  async () => {
    const made = await caseOf(SOME_BAD);
    const rejects = join(made.folder, 'rejects.jsonl');
    const template = join(made.folder, 'refusing.jinja');
    await writeFile(template, REFUSING_TEMPLATE);
    const plain = ['--on-error', 'emit', '--template-file', template];
    for (const flags of [plain, [...plain, '--rejects', rejects]]) {
      const first = await made.score('--force', ...flags);
      assert.match(first.stderr, /E_SKIPPED: 8 of 20 rows were skipped: 4 E_ANSWERS, 4 E_PROMPT/);
      const whole = await readFile(made.out);
      const refused = flags === plain ? Buffer.alloc(0) : await readFile(rejects);
      const record = await recordOf(made);
      assert.deepEqual([record.end?.rows, record.end?.skipped], [12, { E_ANSWERS: 4, E_PROMPT: 4 }]);
      const ends = (text: Buffer) => [0, ...[...text.keys()].filter((at) => text[at] === 10).map((at) => at + 1)];
      const rejectCuts = ends(refused);
      for (const [i, cut] of ends(whole).entries()) {
        if (i % 5 === 1 || i % 5 === 2) continue;
        await asKilled(made, cut + (i % 2 === 0 ? 7 : 0));
        if (flags !== plain) {
          await rename(rejects, `${rejects}.partial`);
          await truncate(`${rejects}.partial`, rejectCuts[(5 * i) % rejectCuts.length]);
        }
        const { code, stderr } = await made.score('--resume', ...flags);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /E_SKIPPED: 8 of 20 rows were skipped: 4 E_(ANSWERS|PROMPT), 4 E_/);
        assert.ok(whole.equals(await readFile(made.out)), `${i} lines left: lines`);
        if (flags !== plain) {
          assert.ok(refused.equals(await readFile(rejects)), `${i} lines left: rejects`);
        }
        assert.deepEqual((await recordOf(made)).end?.skipped, record.end?.skipped);
      }
    }
  },
);

test('an input whose bad rows have changed is refused, and so is another treatment of bad rows', LIMIT, async () => {
  const made = await caseOf(rowsOf(6, 3));
  await made.score('--on-error', 'emit');
  const whole = await readFile(made.out, 'utf8');
  await asKilled(made, lines(whole).slice(0, 4).join('\n').length + 1);
  const other = await made.score('--resume', '--on-error', 'skip');
  assert.match(other.stderr, /E_RESUME: .*--on-error \(emit -> skip\)/);
  const record = await recordOf(made);
  const dir = await model;
  const resume = (text: string) =>
    run(['score', '-m', dir, '-q', '-', '-o', made.out, '--resume', '--on-error', 'emit'], text);
  // A pipe has no digest; its last row that is written tells.
  await writeFile(`${made.out}.run.json`, JSON.stringify({ ...record, inputs: [{ name: '<stdin>' }] }));
  const otherwise = await resume(rowsOf(6, 3).replace('broken', '{}'));
  assert.equal(otherwise.code, 2);
  assert.match(otherwise.stderr, /E_RESUME: .*row 3 has no E_SHAPE in it, which it has now/);
  const same = await resume(rowsOf(6, 3));
  assert.equal(same.code, 1, same.stderr);
  assert.equal(await readFile(made.out, 'utf8'), whole);
});

test('a run that stopped at a bad row goes on with its error with --on-error emit', async () => {
  const made = await caseOf(rowsOf(9, 4));
  assert.equal((await made.score()).code, 1);
  assert.equal((await made.score('--resume', '--on-error', 'emit')).code, 1);
  const fresh = await caseOf(rowsOf(9, 4));
  await fresh.score('--on-error', 'emit');
  assert.equal(await readFile(fresh.out, 'utf8'), await readFile(made.out, 'utf8'));
});

test('what is whole is passed over, without a model or a byte being touched', async () => {
  const made = await caseOf(rowsOf(3));
  await made.score();
  const before = await readFile(made.out);
  const then = new Date('2020-01-01');
  await utimes(made.out, then, then);
  const { code, stderr } = await run(['score', '-m', await model, made.rows, '-o', made.out, '--resume']);
  assert.equal(code, 0);
  assert.match(stderr, /r\.jsonl is whole; nothing is left to do/);
  assert.ok(before.equals(await readFile(made.out)));
  const record = await recordOf(made);
  await appendFile(made.out, 'more');
  const changed = await made.score('--resume');
  assert.equal(changed.code, 2);
  assert.match(changed.stderr, /E_RESUME: .*r\.jsonl: this was changed since its run ended/);
  assert.deepEqual(await recordOf(made), record);
});

test('a run goes on only with what the same model, flags and inputs made', LIMIT, async () => {
  const made = await caseOf(rowsOf(8));
  await made.score();
  const half = Math.floor((await readFile(made.out)).length / 2);
  const jinja = join(made.folder, 'chat.jinja');
  await writeFile(jinja, "{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}");
  const cases: [flags: string[], said: RegExp][] = [
    [['--max-length', '512'], /--max-length \(2048 -> 512\)/],
    [['--keep'], /--keep \(false -> true\)/],
    [['--limit', '5'], /--limit \(not given -> 5\)/],
    [['--sample', '5', '--seed', '3'], /--sample \(not given -> 5\), --seed \(not given -> 3\)/],
    [['--allow-special'], /--allow-special \(false -> true\)/],
    [['--template-file', jinja], /template \(chatml -> chat\.jinja\), template_sha256 \(not given -> [0-9a-f]{12}\)/],
    [['--system', 'Be brief.'], /--system \(null -> Be brief\.\)/],
    [['-m', MODEL], /model \([0-9a-f]{12} -> [0-9a-f]{12}\)/],
  ];
  await asKilled(made, half);
  const left = await readFile(made.partial);
  for (const [flags, said] of cases) {
    const { code, stderr } = await made.score('--resume', ...flags);
    assert.equal(code, 2, `${flags}: ${stderr}`);
    assert.match(stderr, /E_RESUME: .*the earlier run differs in /);
    assert.match(stderr, said);
    assert.ok(left.equals(await readFile(made.partial)), `${flags} changed what was left`);
  }
  assert.equal((await made.score('--resume')).code, 0);
});

test('an input that was changed is refused, wherever it was changed', async () => {
  const made = await caseOf(rowsOf(8));
  await made.score();
  const half = Math.floor((await readFile(made.out)).length / 2);
  const original = await readFile(made.rows);
  await asKilled(made, half);
  for (const [what, text] of [
    ['longer', `${original}${row('more')}`],
    ['shorter', rowsOf(7)],
    ['other bytes', `${original}`.replace('Question 7', 'Question 8')],
  ]) {
    await writeFile(made.rows, text);
    const { inputs } = await recordOf(made);
    // A second time too: what was refused must leave the record as it is.
    for (const _ of [1, 2]) {
      const { code, stderr } = await made.score('--resume');
      assert.equal(code, 2, `${what}: ${stderr}`);
      assert.match(stderr, /E_RESUME: .*differs in .*rows\.jsonl \(/);
    }
    assert.deepEqual((await recordOf(made)).inputs, inputs);
  }
  await writeFile(made.rows, original);
  // Where the run ended before the digest was known, the time of the last change must be the same.
  const record = await recordOf(made);
  const undigested = record.inputs.map(({ sha256, ...rest }) => rest);
  await writeFile(`${made.out}.run.json`, JSON.stringify({ ...record, inputs: undigested }));
  const touched = await made.score('--resume');
  assert.match(touched.stderr, /E_RESUME: .*rows\.jsonl \(changed .* -> /);
});

test('the last row is scored again: a changed answer that neither size nor time shows is refused', async () => {
  const made = await caseOf(rowsOf(8));
  await made.score();
  await asKilled(made, Math.floor((await readFile(made.out)).length / 2));
  const last = lines(await readFile(made.partial, 'utf8')).length - 1;
  const { atime, mtime } = await stat(made.rows);
  await writeFile(made.rows, rowsOf(8).replace(`Answer ${last}.`, `Answer ${9 - last}.`));
  await utimes(made.rows, atime, mtime);
  const record = await recordOf(made);
  const { mtimeNs } = await stat(made.rows, { bigint: true });
  const inputs = record.inputs.map((input) => ({ ...input, modified: String(mtimeNs) }));
  await writeFile(`${made.out}.run.json`, JSON.stringify({ ...record, inputs }));
  const { code, stderr } = await made.score('--resume');
  assert.equal(code, 2, stderr);
  assert.match(stderr, new RegExp(`E_RESUME: .*its last ranking is not that of row ${last}`));
});

test('other processor features are refused, unless --mixed-machines lets both stand, which is recorded', async () => {
  const made = await caseOf(rowsOf(8));
  await made.score();
  await asKilled(made, Math.floor((await readFile(made.out)).length / 2));
  const record = await recordOf(made);
  const processor = ['vax'];
  await writeFile(`${made.out}.run.json`, JSON.stringify({ ...record, identity: { ...record.identity, processor } }));
  const refused = await made.score('--resume');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /E_RESUME: .*processor \(vax -> .*--mixed-machines/);
  assert.equal((await made.score('--resume', '--mixed-machines')).code, 0);
  const { identity, attempts } = await recordOf(made);
  assert.deepEqual(identity.processor, processor);
  assert.deepEqual(
    attempts.map((attempt) => attempt.processor),
    [undefined, record.identity.processor],
  );
});

test('a run that stopped at a bad row goes on past it with --on-error skip', async () => {
  const made = await caseOf(rowsOf(9, 4));
  const failed = await made.score();
  assert.match(failed.stderr, /E_JSON.*|kept in .*r\.jsonl\.partial/);
  assert.equal(failed.code, 1);
  assert.equal((await made.score('--resume', '--on-error', 'skip')).code, 1);
  const fresh = await caseOf(rowsOf(9, 4));
  await fresh.score('--on-error', 'skip');
  assert.ok((await readFile(fresh.out)).equals(await readFile(made.out)));
});

test('the error for a leftover names --resume, which needs the run record; --force replaces it', async () => {
  const made = await caseOf(rowsOf(4));
  await made.score();
  const whole = await readFile(made.out);
  await asKilled(made, 100);
  assert.match(
    (await made.score()).stderr,
    /E_EXISTS: .*\.partial: an earlier run left this; go on with it with --resume/,
  );
  await rename(`${made.out}.run.json`, `${made.out}.elsewhere`);
  await copyFile(made.out.replace('r.jsonl', 'rows.jsonl'), made.partial);
  assert.match(
    (await made.score('--resume')).stderr,
    /E_RESUME: .*the run record .*r\.jsonl\.run\.json, which says .*, is not there/,
  );
  await rename(`${made.out}.elsewhere`, `${made.out}.run.json`);
  const alien = await made.score('--resume');
  assert.match(alien.stderr, /E_RESUME: .*\.partial, line 1: this line is not what a run of these flags writes/);
  assert.equal((await made.score('--force')).code, 0);
  assert.ok(whole.equals(await readFile(made.out)));
});

test('flags about a record that do nothing are misuse', async () => {
  const dir = await model;
  for (const flags of [
    ['score', '--resume'],
    ['score', '--mixed-machines', '-o', join(tempFolder(), 'r')],
    ['score', '--explain', '--run-file', 'x'],
    ['score', '--dry-run', '--resume'],
    ['evaluate', '--resume'],
    ['evaluate', '--scored', '--save', join(tempFolder(), 'r'), '--resume'],
    ['evaluate', '--save', '-', '--resume'],
  ]) {
    const more = flags.includes('--scored') ? [] : ['-m', dir];
    const { code, stderr } = await run([...flags, ...more], rowsOf(1));
    assert.equal(code, 2, `${flags}: ${stderr}`);
    assert.match(stderr, /E_USAGE: --(resume|mixed-machines|run-file) does nothing without/);
  }
});

test('evaluate --save goes on with what it saved, and measures all rows as if it had not stopped', LIMIT, async () => {
  const folder = tempFolder();
  const rows = join(folder, 'rows.jsonl');
  const labelled = (i: number) =>
    `${JSON.stringify({ id: `r${i}`, prompt: `Q ${i}?`, source: `s${i % 2}`, answers: [0, 1, 2].map((j) => ({ answer: `A${i}.${j} is ${'x'.repeat((i * 5 + j * 7) % 11)}`, rank: ((i + j) % 3) + 1 })) })}\n`;
  await writeFile(rows, Array.from({ length: 20 }, (_, i) => labelled(i)).join(''));
  for (const ending of ['jsonl', 'tsv', 'parquet', 'arrow']) {
    const [save, json] = [join(folder, `saved.${ending}`), join(folder, `${ending}.json`)];
    const args = ['evaluate', '-m', await model, '-q', rows, '--by', 'source,length', '--save', save, '--json', json];
    assert.equal((await run(args)).code, 0);
    const [saved, figures] = [await readFile(save), withoutDates(await readFile(json, 'utf8'))];
    const record = JSON.parse(await readFile(`${save}.run.json`, 'utf8'));
    const spool = await run(['score', '-m', await model, '-q', rows, ...(ending === 'tsv' ? ['--format', 'tsv'] : [])]);
    await writeFile(`${save}.partial`, spool.stdout.slice(0, Math.floor(spool.stdout.length * 0.6)));
    await rename(save, join(folder, 'before'));
    await writeFile(`${save}.run.json`, JSON.stringify({ ...record, end: undefined }));
    const again = await run([...args, '--resume']);
    assert.equal(again.code, 0, again.stderr);
    assert.ok(saved.equals(await readFile(save)), `${ending}: saved`);
    assert.equal(withoutDates(await readFile(json, 'utf8')), figures, `${ending}: figures of a run that went on`);
    const whole = await run([...args, '--resume']);
    assert.equal(whole.code, 0, whole.stderr);
    assert.equal(withoutDates(await readFile(json, 'utf8')), figures, `${ending}: figures of what is whole`);
  }
});

test('a second run with --resume waits for a sign of life, and then leaves the file to the first', LIMIT, async () => {
  const made = await caseOf(rowsOf(2));
  const child = start('score', '-m', await model, '-o', made.out);
  const end = finished(child);
  child.stdin.write(row('a'));
  await firstLineIn(made.partial, child);
  const second = start('score', '-m', await model, '-o', made.out, '--resume');
  const refused = finished(second);
  await until(() => true, second);
  const { code, stderr } = await refused;
  assert.equal(code, 2);
  assert.match(stderr, /has not ended; waiting until it shows that it lives/);
  assert.match(stderr, /E_EXISTS: .*another run .* is writing this/);
  child.stdin.end();
  assert.equal((await end).code, 0);
  assert.equal(lines(await readFile(made.out, 'utf8')).length, 1);
});
