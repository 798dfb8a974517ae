import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../cli/run.js';
import { MODEL, ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { pythonPackages } from './installed.js';
import { writePeerRows } from './peer-rows.js';

/** The schemas of Kubernetes's releases, in a package that checks manifests against them. */
const CHECKER = 'kubernetes-validate==1.37.0';
const RELEASES = ['1.33', '1.37'];
const MANIFEST = join(ROOT, 'examples/kubernetes/job.yaml');

const { bin, absent } = pythonPackages('kubernetes', [CHECKER]);

function checked(manifest: string, release: string) {
  const args = ['--strict', '--kubernetes-version', release, manifest];
  return spawnSync(join(bin, 'kubernetes-validate'), args, { encoding: 'utf8' });
}

/** The parts of the manifest that the test uses. */
interface Job {
  spec: {
    completions: number;
    podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] };
    template: { spec: { containers: { command: string[]; args: string[] }[] } };
  };
}

function job(): Job {
  const code = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)';
  return JSON.parse(spawnSync(join(bin, 'python'), ['-c', code, MANIFEST], { encoding: 'utf8' }).stdout);
}

test('Kubernetes: the manifest fits the schema of old and new releases, and a misspelt field does not', {
  skip: absent,
}, () => {
  for (const release of RELEASES) {
    const { status, stdout, stderr } = checked(MANIFEST, release);
    assert.equal(status, 0, stdout + stderr);
    console.log(`kubernetes-validate --strict --kubernetes-version ${release} job.yaml: exit code ${status}`);
    const misspelt = join(tempFolder(), 'job.yaml');
    writeFileSync(misspelt, readFileSync(MANIFEST, 'utf8').replace('backoffLimitPerIndex', 'backoffLimitPerIndx'));
    const refused = checked(misspelt, release);
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /backoffLimitPerIndx/);
  }
});

test('Kubernetes: the containers of all indexes write the bytes of a single run', { skip: absent }, async () => {
  const { spec } = job();
  const [{ command, args }] = spec.template.spec.containers;
  assert.ok(args.includes(`--shards=${spec.completions}`), 'as many shards as completions');
  const folder = tempFolder();
  const { jsonl } = await writePeerRows(folder, 256, { length: 0.02 });
  const single = join(folder, 'single.jsonl');
  assert.equal((await run(['score', '-q', jsonl, '-o', single])).code, 0);
  const shards = 4;
  const here = (arg: string) =>
    arg
      .replace('/data/', `${folder}/`)
      .replace('/models/my-model', MODEL)
      .replace(`--shards=${spec.completions}`, `--shards=${shards}`);
  const [, ...words] = [...command, ...args].map(here);
  for (let index = 0; index < shards; index++) {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/starling-rm'), ...words], {
      encoding: 'utf8',
      env: { ...process.env, JOB_COMPLETION_INDEX: `${index}` },
    });
    assert.equal(status, 0, stderr);
  }
  const merged = join(folder, 'merged.jsonl');
  const parts = Array.from({ length: shards }, (_, i) => join(folder, `rankings-0000${i}-of-0000${shards}.jsonl`));
  assert.equal((await run(['merge', ...parts, '-o', merged])).code, 0);
  assert.deepEqual(await readFile(merged), await readFile(single));
});

test('Kubernetes: misuse has an exit code of its own, for which the manifest gives up', { skip: absent }, async () => {
  const [giveUp] = job().spec.podFailurePolicy.rules.filter(({ action }) => action === 'FailJob');
  const { code } = await run(['score', '-q', 'no-such-file.jsonl']);
  assert.deepEqual(giveUp.onExitCodes?.values, [code]);
});
