import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Preloaded with `--import`, also into worker threads: appends the path of each file that is opened to the file that OPENS names. */
const log = fs.openSync(process.env.OPENS ?? '', 'a');

function noted<Args extends unknown[], Result>(open: (...args: Args) => Result): (...args: Args) => Result {
  return (...args) => {
    fs.writeSync(log, `${args[0]}\n`);
    return open(...args);
  };
}

Object.assign(promises, { open: noted(promises.open), readFile: noted(promises.readFile) });
Object.assign(fs, {
  openSync: noted(fs.openSync),
  readFileSync: noted(fs.readFileSync),
  createReadStream: noted(fs.createReadStream),
});
syncBuiltinESMExports();
