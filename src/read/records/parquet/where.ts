import { isObject } from '../../../json/json-object.js';
import { type Database, sqlText } from '../../../tables/duckdb.js';

/** Functions that DuckDB marks as depending only on their arguments although they do not. */
const OF_THE_PROCESS: ReadonlySet<string> = new Set([
  'current_setting',
  'getvariable',
  'current_localtime',
  'current_localtimestamp',
]);

/** Functions that are written without parentheses, so that they parse as columns. */
const TIMES: ReadonlySet<string> = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
]);

/** The names of the functions in an expression. */
interface Parts {
  functions: Set<string>;
}

/**
 * Checks that a text is one expression on the columns of one table whose value depends only on the row. It must not read other tables or
 * files, and it has to be deterministic. DuckDB itself parses the text.
 * @throws Error naming what is wrong
 */
export async function checkWhere(database: Database, where: string): Promise<void> {
  const checked = new Set<string>();
  let unchecked = [where];
  while (unchecked.length > 0) {
    const functions = new Set<string>();
    for (const text of unchecked) await parse(database, text, { functions });
    const names = [...functions].filter((name) => !checked.has(name));
    for (const name of names) checked.add(name);
    unchecked = await definitionsOf(database, names);
  }
}

async function parse(database: Database, text: string, parts: Parts): Promise<void> {
  const parsed: unknown = JSON.parse(await first(database, `SELECT json_serialize_sql(${sqlText(`SELECT ${text}`)})`));
  if (!isObject(parsed) || !Array.isArray(parsed.statements)) throw new Error(problemOf(parsed));
  const [expression, ...others] = parsed.statements.map(expressionOf);
  if (expression === undefined || others.length > 0) throw new Error('it is more than one condition');
  look(expression, parts);
}

function problemOf(parsed: unknown): string {
  if (!isObject(parsed)) return 'it cannot be parsed';
  const { error_message: message, position } = parsed;
  const column = Number(position) - 'SELECT '.length + 1;
  return `${message}${column > 0 ? ` (character ${column})` : ''}`;
}

/** The selected expression, if the statement is a SELECT of one expression and nothing else. */
function expressionOf(statement: unknown): unknown {
  const node = isObject(statement) ? statement.node : undefined;
  if (!isObject(node) || !Array.isArray(node.select_list)) return undefined;
  const { type, select_list, from_table, modifiers, ...others } = node;
  const [expression] = select_list;
  const isAlone = select_list.length === 1 && isEmpty(from_table) && isObject(expression) && expression.alias === '';
  const isPlain = type === 'SELECT_NODE' && Array.isArray(modifiers) && modifiers.length === 0;
  return isAlone && isPlain && Object.entries(others).every(isUnused) ? expression : undefined;
}

function isEmpty(table: unknown): boolean {
  return isObject(table) && table.type === 'EMPTY';
}

/** Whether a clause of a SELECT is absent: WHERE, GROUP BY, WITH and so on. */
function isUnused([name, value]: [string, unknown]): boolean {
  if (name === 'aggregate_handling') return value === 'STANDARD_HANDLING';
  if (name === 'cte_map') return isObject(value) && Array.isArray(value.map) && value.map.length === 0;
  return value === null || (Array.isArray(value) && value.length === 0);
}

function look(node: unknown, parts: Parts): void {
  if (Array.isArray(node)) for (const item of node) look(item, parts);
  if (!isObject(node)) return;
  if ('from_table' in node && !isEmpty(node.from_table)) throw new Error('it reads another table or file');
  if (node.class === 'PARAMETER') throw new Error('it has a parameter, which has no value here');
  if (node.class === 'FUNCTION') parts.functions.add(String(node.function_name).toLowerCase());
  if (node.class === 'COLUMN_REF' && Array.isArray(node.column_names)) {
    const [name, ...inside] = node.column_names;
    if (inside.length === 0 && TIMES.has(String(name).toLowerCase())) throw notOfTheRow(String(name));
  }
  for (const part of Object.values(node)) look(part, parts);
}

/**
 * The definitions of those functions that are macros.
 * @throws Error for a function that is not deterministic or has side effects
 */
async function definitionsOf(database: Database, names: readonly string[]): Promise<string[]> {
  const definitions: string[] = [];
  const sql = `SELECT function_name, stability, macro_definition FROM duckdb_functions()
    WHERE lower(function_name) IN (${names.map(sqlText).join(', ') || 'NULL'}) AND function_type IN ('scalar', 'macro')`;
  for await (const { rows } of database.stream(sql)) {
    for (const [name, stability, definition] of rows) {
      const isOther = stability !== null && stability !== 'CONSISTENT';
      if (isOther || OF_THE_PROCESS.has(String(name))) throw notOfTheRow(`${name}()`);
      if (definition !== null) definitions.push(String(definition));
    }
  }
  return definitions;
}

function notOfTheRow(name: string): Error {
  return new Error(`${name} does not depend only on the row`);
}

async function first(database: Database, sql: string): Promise<string> {
  for await (const { rows } of database.stream(sql)) for (const [value] of rows) return String(value);
  return '';
}
