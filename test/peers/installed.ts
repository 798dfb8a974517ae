import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../root.js';

/** Kept between runs, and never committed. */
const CACHE = join(ROOT, 'node_modules/.cache/starling-rm-peers');

/** For `test(name, { skip: absent }, …)`: why something cannot be tested here, or false. */
export type Absent = string | false;

export interface PythonPackages {
  /** Folder of `python` and of the programs of the packages. */
  bin: string;
  absent: Absent;
}

/** A virtual environment with these packages of PyPI, made if it is not there. */
export function pythonPackages(name: string, packages: readonly string[]): PythonPackages {
  const folder = join(CACHE, name);
  const bin = join(folder, 'bin');
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]],
  ];
  return { bin, absent: failedStep(steps, packages) };
}

/** Packages of Debian that bring these programs; installed where one is missing and this user may install. */
export function debianPackages(packages: readonly string[], programs: readonly string[]): Absent {
  if (programs.every(isProgram)) return false;
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  return failedStep(
    [
      ['apt-get', ['update', '-q']],
      ['apt-get', install],
    ],
    packages,
  );
}

function isProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

function failedStep(steps: readonly [string, string[]][], packages: readonly string[]): Absent {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const [program, args] of steps) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
    if (status === 0) continue;
    const why = `${error?.message ?? stderr}`.trim().split('\n').at(-1);
    const absent = `NOT TESTED: ${packages.join(' ')} could not be installed (${why})`;
    console.error(absent);
    return absent;
  }
  return false;
}
