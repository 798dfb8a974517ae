import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { constants, hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { bash, finished, lines, onTerminal, row, run, shell, start } from '../run.js';
import { firstLineIn, until } from '../until.js';

test('-o writes to a file what standard output would get, and nothing to standard output', async () => {
  const file = join(tempFolder(), 'rankings.jsonl');
  const input = row('a') + row('b');
  const { code, stdout, stderr } = await run(['score', '-o', file], input);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
  assert.equal(await readFile(file, 'utf8'), (await run(['score'], input)).stdout);
});

test('an existing file is left alone, unless --force replaces it', async () => {
  const folder = tempFolder();
  for (const name of ['rankings.jsonl', 'rankings.jsonl.partial']) {
    await writeFile(join(folder, name), 'precious');
    const { code, stderr } = await run(['score', '-o', join(folder, 'rankings.jsonl')], row('a'));
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`E_EXISTS: .*${name}: .*--force`));
    assert.equal(await readFile(join(folder, name), 'utf8'), 'precious');
    assert.equal((await run(['score', '--force', '-o', join(folder, 'rankings.jsonl')], row('a'))).code, 0);
    assert.deepEqual((await readdir(folder)).sort(), ['rankings.jsonl', 'rankings.jsonl.run.json']);
    if (name === 'rankings.jsonl') await rm(join(folder, name));
  }
});

test('a failed run leaves no file of the name, keeps what it wrote and says where', async () => {
  const folder = tempFolder();
  const { code, stderr } = await run(['score', '-o', join(folder, 'r.jsonl')], `${row('a')}broken\n`);
  assert.equal(code, 1);
  assert.match(stderr, /kept in .*r\.jsonl\.partial/);
  assert.deepEqual((await readdir(folder)).sort(), ['r.jsonl.partial', 'r.jsonl.run.json']);
  assert.equal(JSON.parse(await readFile(join(folder, 'r.jsonl.partial'), 'utf8')).id, 'a');
});

test('a full disk is an error that names the file', async () => {
  const { code, stdout, stderr } = await run(['score', '-o', '/dev/full'], row('a'));
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /E_WRITE: \/dev\/full: .*ENOSPC/);
  const piped = await shell('starling-rm score fixtures/sample.jsonl --limit 1 > /dev/full');
  assert.equal(piped.code, 1);
  assert.match(piped.stderr, /E_WRITE: <stdout>: .*ENOSPC/);
  for (const asked of ['--help', '--version', 'score --help']) {
    const help = await shell(`starling-rm ${asked} > /dev/full`);
    assert.deepEqual([help.code, /^starling-rm: E_WRITE: <stdout>: .*ENOSPC/.test(help.stderr)], [1, true], asked);
  }
});

test('an input without rows gives a message on standard error only', async () => {
  for (const command of ['score', 'evaluate', 'score --dry-run', 'score --explain']) {
    const { code, stderr } = await shell(`starling-rm ${command} < /dev/null`);
    assert.deepEqual([code, stderr], [0, 'starling-rm: there were no rows\n'], command);
  }
  const quiet = await run(['score', '-q'], '\n\n');
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
});

test('a removed working directory, and a low limit of open files, are errors of one line', async () => {
  const gone = join(tempFolder(), 'gone');
  const away = await shell(bash`mkdir ${gone} && cd ${gone} && rmdir ${gone} && starling-rm score /dev/null`);
  assert.deepEqual(
    [away.code, away.stderr],
    [2, 'starling-rm: E_USAGE: the working directory is not there any more\n'],
  );
  const few = await shell('ulimit -n 20; starling-rm score /dev/null');
  assert.equal(few.code, 1);
  assert.match(few.stderr, /^starling-rm: could not start: EMFILE: too many open files[^\n]*\n$/);
});

test('a run that wrote nothing leaves nothing that blocks the next run', async () => {
  const folder = tempFolder();
  const failing = [
    ['score', 'no-such-file', '-o', join(folder, 'r')],
    ['score', '-m', 'no-such-model', '-o', join(folder, 'r')],
    ['evaluate', '--scored', SAMPLE, '--json', join(folder, 'r')],
    ['score', '-o', join(folder, 'r')],
  ];
  for (const args of failing) {
    const { code, stderr } = await run(args, 'broken\n');
    assert.notEqual(code, 0);
    assert.doesNotMatch(stderr, /kept/);
    assert.deepEqual(await readdir(folder), []);
  }
});

test('the target of a symbolic link is written, and the link is never replaced', async () => {
  const folder = tempFolder();
  await writeFile(join(folder, 'target'), 'precious');
  await symlink(join(folder, 'target'), join(folder, 'link'));
  await symlink('nowhere', join(folder, 'hop'));
  await symlink(join(folder, 'hop'), join(folder, 'dangling'));
  for (const name of ['link', 'dangling']) {
    assert.match((await run(['score', '-o', join(folder, name)], row('a'))).stderr, /E_EXISTS/);
  }
  for (const [name, target] of [
    ['link', 'target'],
    ['dangling', 'nowhere'],
  ]) {
    assert.equal((await run(['score', '--force', '-o', join(folder, name)], row('a'))).code, 0);
    assert.equal(JSON.parse(await readFile(join(folder, target), 'utf8')).id, 'a');
    assert.ok((await lstat(join(folder, name))).isSymbolicLink());
  }
  assert.deepEqual((await readdir(folder)).sort(), [
    'dangling',
    'hop',
    'link',
    'nowhere',
    'nowhere.run.json',
    'target',
    'target.run.json',
  ]);
});

test('a file that appears during the run is not changed, unless --force replaces it', async () => {
  for (const force of [[], ['--force']]) {
    const folder = tempFolder();
    const file = join(folder, 'r');
    const child = start('score', '-o', file, ...force);
    const end = finished(child);
    child.stdin.write(row('a'));
    await firstLineIn(`${file}.partial`, child);
    await writeFile(file, 'precious');
    child.stdin.end(row('b'));
    const { code, stderr } = await end;
    const written = force.length > 0 ? file : `${file}.partial`;
    assert.equal(code, force.length > 0 ? 0 : 2, stderr);
    assert.equal(lines(await readFile(written, 'utf8')).length, 2);
    if (force.length > 0) continue;
    assert.match(stderr, /kept in .*r\.partial; --resume goes on with it\n.*E_EXISTS: .*r: this appeared while/);
    assert.equal(await readFile(file, 'utf8'), 'precious');
  }
});

test('pipes and descriptors that the shell opened get data as it is written', async () => {
  const folder = tempFolder();
  await writeFile(join(folder, 'rows'), row('a') + row('b'));
  const expected = (await run(['score', join(folder, 'rows')])).stdout;
  const score = bash`starling-rm score ${folder}/rows -o`;
  const written: [string, string][] = [
    [
      score +
        bash` >(cat > ${folder}/process; touch ${folder}/done); while [ ! -e ${folder}/done ]; do sleep 0.02; done`,
      'process',
    ],
    [score + bash` /dev/fd/7 7> ${folder}/descriptor`, 'descriptor'],
    [
      `${bash`echo before > ${folder}/more; `}${score}${bash` /proc/self/fd/5 5>> ${folder}/more; sed -i 1d ${folder}/more`}`,
      'more',
    ],
    [
      `${bash`mkfifo ${folder}/fifo; cat ${folder}/fifo > ${folder}/named & `}${score}${bash` ${folder}/fifo; wait`}`,
      'named',
    ],
    [score + bash` /dev/stderr -q 2> ${folder}/stderr`, 'stderr'],
  ];
  for (const [line, name] of written) {
    const { code, stdout, stderr } = await shell(line);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' }, line);
    assert.equal(await readFile(join(folder, name), 'utf8'), expected, line);
  }
  const closed = await shell(`${score} /dev/fd/77`);
  assert.equal(closed.code, 2);
  assert.match(closed.stderr, /E_USAGE: \/dev\/fd\/77: cannot be written to: EBADF/);
  const gone = await shell(`${score} >(true); echo $?`);
  assert.deepEqual([gone.code, gone.stdout, gone.stderr], [0, '0\n', ''], 'the reader of a pipe has gone');
});

test('an output that is also an input or another output is refused, however the path is spelt', async () => {
  const folder = tempFolder();
  const file = join(folder, 'rows');
  const rows = row('a');
  await writeFile(file, rows);
  await writeFile(join(folder, 'r.partial'), rows);
  await symlink('rows', join(folder, 'soft'));
  await link(file, join(folder, 'hard'));
  await symlink('.', join(folder, 'here'));
  const refused = [
    bash`score ${file} --force -o ${folder}/./rows`,
    bash`score ${file} --force -o ${folder}/soft`,
    bash`score ${folder}/here/soft --force -o ${folder}/hard`,
    bash`score ${folder}/r.partial --force -o ${folder}/r`,
    bash`score --force -o ${file} < ${folder}/soft`,
    bash`score ${file} >> ${file}`,
    bash`evaluate ${file} --force --json ${folder}/here/rows`,
    bash`evaluate --scored ${file} --force --save ${folder}/soft`,
    bash`evaluate ${file} --json ${folder}/x --save ${folder}/here/x`,
    bash`evaluate ${file} --force --json ${folder}/soft --save ${folder}/hard`,
    bash`evaluate ${file} --json ${folder}/x.partial --save ${folder}/x`,
    bash`evaluate ${file} --json /dev/fd/6 --save /dev/fd/7 6> ${folder}/y 7>&6`,
    bash`evaluate ${file} --json /dev/stdout --save -`,
  ];
  for (const args of refused) {
    const { code, stderr } = await shell(`starling-rm ${args}`);
    assert.equal(code, 2, `${args}: ${stderr}`);
    assert.match(stderr, /^starling-rm: E_USAGE: [^\n]* are the same place; write to another one\n$/, args);
    assert.equal(await readFile(file, 'utf8'), rows, args);
    assert.equal(await readFile(join(folder, 'r.partial'), 'utf8'), rows, args);
  }
  const devices = await shell(bash`starling-rm evaluate ${file} --json /dev/null --save /dev/null < /dev/null`);
  assert.equal(devices.code, 0, devices.stderr);
});

test('a file that exceeds the limit of file sizes is an error that names it, and what was written is kept', async () => {
  const folder = tempFolder();
  const { code, stderr } = await shell(bash`ulimit -f 4; starling-rm score ${SAMPLE} -o ${folder}/r.jsonl`);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /kept in .*r\.jsonl\.partial; --resume goes on with it\n.*E_WRITE: .*r\.jsonl\.partial: could not be written: EFBIG/,
  );
  assert.deepEqual((await readdir(folder)).sort(), ['r.jsonl.partial', 'r.jsonl.run.json']);
});

test('a folder that takes no files, a path through a file and a loop of links are misuse', async () => {
  const folder = tempFolder();
  await writeFile(join(folder, 'file'), '');
  await symlink('loop', join(folder, 'loop'));
  for (const [path, why] of [
    ['/proc/r.jsonl', 'ENOENT'],
    [join(folder, 'file/r.jsonl'), 'ENOTDIR'],
    [join(folder, 'loop'), 'ELOOP'],
  ]) {
    for (const args of [
      ['score', '-o', path],
      ['evaluate', '--json', path],
    ]) {
      const { code, stderr } = await run(args, row('a'));
      assert.equal(code, 2, stderr);
      assert.match(stderr, new RegExp(`E_USAGE: ${path}: cannot be created: ${why}`));
    }
  }
});

test('a folder without permission to write is misuse', { skip: asRoot() }, async () => {
  const folder = tempFolder();
  await chmod(folder, 0o500);
  for (const flag of ['-o', '--save', '--json']) {
    const { code, stderr } = await run([flag === '-o' ? 'score' : 'evaluate', flag, join(folder, 'r')], row('a'));
    assert.equal(code, 2);
    assert.match(stderr, /E_USAGE: .*r: cannot be created: EACCES/);
  }
});

test('no other run may write a file that a live run writes, even with --force: the error names the run', async () => {
  const folder = tempFolder();
  const cases = [
    ['r.parquet', 'score -o', ['score -o', 'score --force -o', 'evaluate --force --save', 'evaluate --force --json']],
    ['r', 'evaluate --html', ['score --force -o']],
    ['r', 'score --on-error skip --rejects', ['evaluate --force --html']],
  ] as const;
  for (const [name, first, others] of cases) {
    const file = join(folder, name);
    const child = start(...first.split(' '), file);
    const end = finished(child);
    await until(async () => (await readdir(folder)).includes(`${name}.partial.lock`), child);
    for (const other of others) {
      const { code, stderr } = await run([...other.split(' '), file], row('other'));
      assert.equal(code, 2, stderr);
      const said = `another run \\(process ${child.pid} on ${hostname()}\\) is writing this`;
      assert.match(stderr, new RegExp(`E_EXISTS: .*${name}: ${said}`));
    }
    child.stdin.end(row('first'));
    assert.equal((await end).code, 0);
    const records = /(-o|--save)$/.test(first) ? [`${name}.run.json`] : [];
    assert.deepEqual((await readdir(folder)).sort(), [name, ...records]);
    for (const one of [name, ...records]) await rm(join(folder, one));
  }
});

test('--force replaces what a killed run left, and the lock of that run blocks no other', async () => {
  const folder = tempFolder();
  const file = join(folder, 'r.parquet');
  const child = start('score', '-o', file);
  child.stdin.write(row('killed'));
  await firstLineIn(`${file}.partial`, child);
  child.kill('SIGKILL');
  await finished(child);
  await mkdir(`${file}.partial.conversion-abcdef`);
  await writeFile(join(`${file}.partial.conversion-abcdef`, 'converted'), 'half');
  const refused = await run(['score', '-o', file], row('a'));
  assert.match(refused.stderr, /E_EXISTS: .*r\.parquet\.partial: an earlier run left this; .*--force/);
  assert.equal((await run(['score', '-o', file, '--force'], row('a'))).code, 0);
  assert.deepEqual((await readdir(folder)).sort(), ['r.parquet', 'r.parquet.run.json']);
});

test('links and pipes that are planted where a run writes are neither followed nor waited for', async () => {
  const folder = tempFolder();
  const victim = join(folder, 'victim');
  await writeFile(victim, 'precious');
  for (const name of ['r.jsonl', 'r.parquet', 'r.arrow']) {
    const file = join(folder, name);
    const partial = `${file}.partial`;
    for (const plant of [`ln -s ${victim}`, 'mkfifo']) {
      const places = [partial, `${partial}.lock.lock`, `${partial}.${name.slice(2)}`, `${partial}.conversion-abcdef`];
      await shell(places.map((place) => `${plant} ${place}`).join('; '));
      const refused = await run(['score', '-o', file], row('a'));
      assert.match(refused.stderr, /E_EXISTS: .*\.partial: an earlier run left this/);
      const { code, stderr } = await run(['score', '--force', '-o', file], row('a'));
      assert.equal(code, 0, stderr);
      assert.equal(lines((await run(['evaluate', '--scored', file, '--save', '-'])).stdout).length, 1);
      await shell(`rm -f ${file} ${file}.run.json ${places.join(' ')}; ${plant} ${partial}.lock`);
      const locked = await run(['score', '--force', '-o', file], row('a'));
      assert.match(locked.stderr, /E_EXISTS: .*\.partial\.lock: .* no lock file of starling-rm; remove it/);
      await rm(`${partial}.lock`);
      assert.deepEqual(await readdir(folder), ['victim']);
      assert.equal(await readFile(victim, 'utf8'), 'precious');
    }
  }
});

test('two runs with --force on one file: the file of a run that succeeds is whole and its own', async () => {
  const folder = tempFolder();
  for (const name of ['r.jsonl', 'r.parquet', 'r.arrow']) {
    const file = join(folder, name);
    const ends = await Promise.all(
      ['a', 'b'].map(async (id) => ({ id, ...(await run(['score', '--force', '-o', file], row(id) + row(id))) })),
    );
    const winners = ends.filter(({ code }) => code === 0).map(({ id }) => id);
    for (const { code, stderr } of ends) if (code !== 0) assert.match(stderr, /E_EXISTS: .*is writing this/);
    const { stdout } = await run(['evaluate', '--scored', file, '--save', '-']);
    const [first, ...rest] = lines(stdout).map((line) => JSON.parse(line).id);
    assert.deepEqual([winners.includes(first), rest], [true, [first]], `${name}: ${stdout}`);
  }
  const names = ['r.arrow', 'r.jsonl', 'r.parquet'];
  assert.deepEqual(
    (await readdir(folder)).sort(),
    names.flatMap((name) => [name, `${name}.run.json`]),
  );
});

test('an output that is moved, removed or replaced while a run waits ends the run with an error that says so', async () => {
  const cases: [line: string, said: string, kept: string | undefined, format: string][] = [
    ['mv out moved', 'the folder of this was moved while .* is now .*moved/r.partial', 'moved/r.partial', 'parquet'],
    ['rm -r out', 'the folder of this was removed while .* is lost', undefined, 'jsonl'],
    ['rm out/r.partial', 'this was removed while .* is lost', undefined, 'arrow'],
    ['mv out/r.partial out/other', 'this was moved while .* is now .*out/other', 'out/other', 'tsv'],
    ['cp out/r.partial out/x; mv out/x out/r.partial', 'this was replaced by another file .* lost', undefined, 'jsonl'],
  ];
  for (const [line, said, kept, format] of cases) {
    const folder = tempFolder();
    await mkdir(join(folder, 'out'));
    const rejects = ['--on-error', 'skip', '--rejects', join(folder, 'rejects')];
    const child = start('score', '-o', join(folder, 'out/r'), '--format', format, ...rejects);
    const end = finished(child);
    child.stdin.write(row('a'));
    await firstLineIn(join(folder, 'out/r.partial'), child);
    await shell(`cd ${folder}; ${line}`);
    // Standard input stays open, so nothing else ends the run.
    const { code, stderr } = await end;
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`E_WRITE: .*out/r\\.partial: .*${said}`));
    const where = /kept in (.*)\n/.exec(stderr)?.[1];
    assert.equal(where, kept && join(folder, kept), line);
    if (where) assert.ok((await readFile(where, 'utf8')).includes('\n'));
    const all = await readdir(folder, { recursive: true });
    assert.deepEqual(
      all.filter((one) => /lock|rejects/.test(one)),
      [],
      line,
    );
  }
});

test('a removed folder of reports ends the run before the reports are due', async () => {
  const folder = tempFolder();
  await mkdir(join(folder, 'out'));
  const child = start('evaluate', '--json', join(folder, 'out/r'));
  const end = finished(child);
  await until(async () => (await readdir(join(folder, 'out'))).includes('r.partial.lock'), child);
  await rm(join(folder, 'out'), { recursive: true });
  const { code, stderr } = await end;
  assert.equal(code, 1);
  assert.match(stderr, /E_WRITE: .*r\.partial: the folder of this was removed or moved/);
});

test('/dev/stdout is standard output', async () => {
  const file = join(tempFolder(), 'r');
  const { code, stderr } = await shell(bash`starling-rm score ${SAMPLE} --limit 1 -o /dev/stdout > ${file}`);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.equal(lines(await readFile(file, 'utf8')).length, 1);
});

test('a closed standard error loses no data, and a closed standard output loses no file', async () => {
  const folder = tempFolder();
  await writeFile(join(folder, 'rows'), `${row('a')}broken\n`.repeat(20));
  const deaf = await shell(
    bash`starling-rm score ${folder}/rows --on-error skip 2> >(head -1 > /dev/null) | wc -l; echo "$PIPESTATUS"`,
  );
  assert.equal(deaf.stdout, '20\n1\n');
  const mute = await shell(
    bash`starling-rm evaluate ${SAMPLE} --limit 2 --save ${folder}/saved --json ${folder}/json | true; echo "$PIPESTATUS"`,
  );
  assert.equal(mute.stdout, '0\n', mute.stderr);
  assert.equal(lines(await readFile(join(folder, 'saved'), 'utf8')).length, 2);
  assert.equal(JSON.parse(await readFile(join(folder, 'json'), 'utf8')).rows, 2);
  const cut = await shell(
    // The other rows come after the reader has gone.
    bash`{ head -1 ${SAMPLE}; while [ ! -e ${folder}/gone ]; do sleep 0.02; done; tail -n +2 ${SAMPLE}; } |
      starling-rm evaluate --save - --json ${folder}/cut | { head -1 > /dev/null; exec <&-; touch ${folder}/gone; }; echo "\${PIPESTATUS[1]}"`,
  );
  assert.equal(cut.stdout, '1\n');
  assert.match(cut.stderr, /E_WRITE: .*cut: standard output was closed/);
});

test('a record that is nested too deep to be written is an error of its row', async () => {
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const deep = `{"prompt":"hi","answers":[{"answer":"x","more":${nested}}]}\n`;
  const { code, stdout, stderr } = await run(
    ['score', '--keep', '--on-error', 'skip', '--max-nesting', '50000'],
    deep + row('b'),
  );
  assert.equal(code, 1);
  assert.equal(JSON.parse(stdout).id, 'b');
  assert.match(stderr, /E_FIELD: row 0: .*too deep/);
  assert.match((await run(['score'], deep)).stderr, /E_NESTING: <stdin>, line 1 \(row 0\).*--max-nesting/);
});

test('no file is left in the home folder', async () => {
  const home = tempFolder();
  const { code, stderr } = await shell(
    bash`HOME=${home} XDG_CACHE_HOME= starling-rm score ${SAMPLE} --limit 2 > /dev/null`,
  );
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.deepEqual(await readdir(home), []);
});

test('SIGINT: the rows in flight are written, the exit code is 130', async () => {
  const file = join(tempFolder(), 'r.jsonl');
  for (const args of [['score'], ['score', '-o', file]]) {
    const child = start(...args, '--workers', '1');
    const end = finished(child);
    for (let i = 0; i < 200; i++) child.stdin.write(row(`r${i}`, ['Yes.', `No, ${'it is not. '.repeat(i)}`]));
    const seen = args.length === 1 ? firstOf(child.stdout) : firstLineIn(`${file}.partial`, child);
    await seen;
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /E_INTERRUPTED: stopped after \d+ rows\n$/);
    const written = lines(args.length === 1 ? stdout : await readFile(`${file}.partial`, 'utf8'));
    assert.ok(written.length > 0 && written.length < 200, `${written.length} rows`);
    written.forEach((line, index) => {
      assert.equal(JSON.parse(line).id, `r${index}`);
    });
    assert.equal(Number(/after (\d+) rows/.exec(stderr)?.[1]), written.length);
  }
});

test('SIGTERM has its own exit code, and leaves nothing where nothing was written', async () => {
  const folder = tempFolder();
  for (const args of [
    ['score', '-o', join(folder, 'r')],
    ['evaluate', '--save', join(folder, 'r'), '--json', join(folder, 'j')],
  ]) {
    const child = start(...args);
    const end = finished(child);
    await until(async () => (await readdir(folder)).length > 0, child);
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    assert.deepEqual({ code, stderr }, { code: 143, stderr: 'starling-rm: E_TERMINATED: stopped after 0 rows\n' });
    assert.deepEqual(await readdir(folder), []);
  }
});

test('SIGINT while the intervals are computed ends the run at once: only the rankings are saved', async () => {
  const folder = tempFolder();
  const ranking = { scores: [1, 2], ranks: [2, 1], order: [1, 0], labels: [1, 2], lengths: [1, 2] };
  const rankings = Array.from({ length: 40_000 }, (_, index) =>
    JSON.stringify({ index, prompt_id: `${index}`, ...ranking }),
  );
  await writeFile(join(folder, 'rankings'), `${rankings.join('\n')}\n`);
  const files = ['--save', join(folder, 'saved'), '--json', join(folder, 'json')];
  const child = start('evaluate', '--scored', join(folder, 'rankings'), ...files);
  const end = finished(child);
  await until(async () => (await readdir(folder)).includes('saved'), child);
  // The intervals take seconds. They begin when the run stops listening to signals: the message for an earlier signal differs.
  await until(() => !listensTo(SIGINT, child.pid), child);
  child.kill('SIGINT');
  const { code, signal, stdout } = await end;
  assert.deepEqual({ code, signal, stdout }, { code: null, signal: 'SIGINT', stdout: '' });
  assert.deepEqual((await readdir(folder)).sort(), ['rankings', 'saved']);
  assert.equal(lines(await readFile(join(folder, 'saved'), 'utf8')).length, rankings.length);
});

test('SIGINT in the middle of a compressed input is not reported as damage', async () => {
  const file = join(tempFolder(), 'rows');
  await writeFile(file, row('a'));
  for (const begun of [gzipSync(row('b')).subarray(0, 30), Buffer.from('28b52ffd24b8', 'hex')]) {
    const child = start('score', file, '-');
    const end = finished(child);
    child.stdin.write(begun);
    await firstOf(child.stdout);
    child.kill('SIGINT');
    const { code, stderr } = await end;
    assert.equal(code, 130);
    assert.match(
      stderr,
      /^starling-rm: stopping; Ctrl-C again to quit\nstarling-rm: E_INTERRUPTED: stopped after 1 rows\n$/,
    );
  }
});

test('SIGINT while waiting for input ends the run at once; a second one kills it', async () => {
  const child = start('score');
  const end = finished(child);
  child.stdin.write(row('a'));
  await firstOf(child.stdout);
  child.kill('SIGINT');
  const { code, stdout } = await end;
  assert.equal(code, 130);
  assert.equal(lines(stdout).length, 1);
});

test('standard output has data only, and standard error only says how the rows were read', async () => {
  for (const flags of [[], ['-q'], ['--no-progress']]) {
    const { stdout, stderr } = await run(['score', ...flags], row('a'));
    assert.equal(stderr, '');
    for (const line of lines(stdout)) JSON.parse(line);
  }
});

test('progress appears on a terminal, and only on standard error', async () => {
  const inTerminal = (flags: string) => shell(onTerminal(`score ${flags} fixtures/sample.jsonl --limit 2 > /dev/null`));
  const shown = (await inTerminal('')).stdout;
  assert.match(shown, /2 rows, 14 answers, \d+ tokens\/s/);
  assert.match((await inTerminal('--no-progress')).stdout, /^starling-rm: rows: [^\n]*\n$/);
  assert.equal((await inTerminal('-q')).stdout, '');
});

test('on one terminal, rankings, messages and progress do not share or overwrite lines', async () => {
  const file = join(tempFolder(), 'rows');
  const good = Array.from({ length: 60 }, (_, i) => row(`r${i}`));
  await writeFile(file, [...good.slice(0, 30), 'broken\n', ...good.slice(30)].join(''));
  const typed = await shell(
    `${onTerminal(bash`score ${file} --on-error skip`)}; ${bash`starling-rm score ${file} --on-error skip 2> /dev/null`}`,
  );
  const shown = screen(typed.stdout);
  const piped = shown.slice(-61, -1);
  assert.equal(shown.shift(), 'starling-rm: rows: prompt and answers[]');
  assert.deepEqual(shown.slice(0, 30), piped.slice(0, 30));
  assert.match(shown[30], /^starling-rm: skipped: E_JSON: .*line 31 \(row 30\)/);
  assert.deepEqual(shown.slice(31, 61), piped.slice(30));
  assert.match(shown[61], /^starling-rm: E_SKIPPED: 1 of 61 rows were skipped: 1 E_JSON$/);
  assert.equal(shown.length, 62 + 60 + 1);
});

function asRoot(): string | false {
  return process.getuid?.() === 0 ? 'NOT TESTED: root may write everywhere' : false;
}

const { SIGINT } = constants.signals;
const ESCAPE = '\x1b';
const PIECES = new RegExp(`\\r|\\n|${ESCAPE}\\[K|[^\\r\\n${ESCAPE}]+|${ESCAPE}`, 'g');

/** The lines of a wide terminal that knows carriage return, line feed and "clear to the right". Nothing else may be written to it. */
function screen(output: string): string[] {
  const lines = [''];
  let column = 0;
  for (const [piece] of output.matchAll(PIECES)) {
    assert.notEqual(piece, ESCAPE, `an escape that moves more than the line: ${JSON.stringify(output.slice(0, 300))}`);
    const line = lines.length - 1;
    if (piece === '\n') lines.push('');
    else if (piece === `${ESCAPE}[K`) lines[line] = lines[line].slice(0, column);
    else if (piece !== '\r') {
      lines[line] = lines[line].slice(0, column).padEnd(column) + piece + lines[line].slice(column + piece.length);
    }
    column = /[\r\n]/.test(piece) ? 0 : column + (piece === `${ESCAPE}[K` ? 0 : piece.length);
  }
  return lines;
}

/** Whether a process has a handler of this signal. */
function listensTo(signal: number, pid: number | undefined): boolean {
  const [, caught] =
    /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? assert.fail('no SigCgt');
  return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

async function firstOf(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise((resolve) => stream.once('data', resolve));
}
