import assert from 'node:assert/strict';

/** A family of metrics as the text format has it: name, type, help, and values by labels. */
export interface Family {
  type: string;
  help: string;
  /** By labels in the order of their names: `code="E_JSON",run="a"`. */
  values: Map<string, number>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/;
const VALUE = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/**
 * Reads the text format of Prometheus, strictly: a family is HELP, TYPE and its samples, once and together; no timestamps; no sample twice;
 * counters end in _total and are not negative; the text ends with a line feed.
 */
export function families(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const found = new Map<string, Family>();
  let current: { name: string; family: Family } | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      assert.match(name, NAME);
      assert.ok(!found.has(name), `${name} comes twice`);
      current = { name, family: { type: '', help: rest, values: new Map() } };
      found.set(name, current.family);
    } else if (kind === 'TYPE') {
      assert.ok(current?.name === name && current.family.type === '', line);
      assert.match(rest, /^(counter|gauge)$/);
      assert.equal(rest === 'counter', name.endsWith('_total'), line);
      current.family.type = rest;
    } else {
      const [, sampled, labels = '', value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
      assert.ok(current?.name === sampled && current.family.type !== '', line);
      assert.match(value, VALUE);
      assert.ok(Number(value) >= 0, line);
      const key = labelsOf(labels).sort().join(',');
      assert.ok(!current.family.values.has(key), `twice: ${line}`);
      current.family.values.set(key, Number(value));
    }
  }
  for (const [name, { type, values }] of found) assert.ok(type !== '' && values.size > 0, name);
  return found;
}

function labelsOf(text: string): string[] {
  const labels: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const [whole, name, value] = LABEL.exec(rest) ?? assert.fail(`no labels: ${text}`);
    labels.push(`${name}="${value}"`);
    rest = rest.slice(whole.length);
  }
  return labels;
}
