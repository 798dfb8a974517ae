const STDIN = '<stdin>';

/** What to type instead, when `command` makes of the file what can be read here. Of stdin nobody knows the file. */
export function pipeHint(command: string, file: string): string {
  return `try: ${command} ${file === STDIN ? 'file' : quoted(file)} | starling-rm score -`;
}

/** As a shell reads it. */
function quoted(path: string): string {
  const name = path.startsWith('-') ? `./${path}` : path;
  return /^[\w./+@%,:=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
