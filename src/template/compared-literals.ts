/** A part of a template as the library parses it: what is used of it. */
interface Node {
  type: string;
}

/** Operators, methods and filters that look for one text in another. */
const COMPARING = new Set(['==', '!=', 'in', 'not in']);
const SEARCHING = new Set([
  'split',
  'rsplit',
  'startswith',
  'endswith',
  'replace',
  'strip',
  'lstrip',
  'rstrip',
  'find',
]);

/**
 * The same part with other words where the template looks for words in a text, as in `content.split('</think>')`; what it writes, and the names
 * of fields, stay.
 * @param kept words that stay everywhere: roles and fields
 */
export function withComparedLiterals<Tree extends Node>(
  part: Tree,
  change: (text: string) => string,
  kept: ReadonlySet<string>,
): Tree {
  return copied(part, false) as Tree;

  function copied(value: unknown, isCompared: boolean): unknown {
    if (Array.isArray(value)) return value.map((one) => copied(one, isCompared));
    if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copied(one, isCompared)]));
    if (!isNode(value)) return value;
    if (value.type === 'StringLiteral' && 'value' in value && typeof value.value === 'string') {
      return isCompared && !kept.has(value.value) ? withFields(value, { value: change(value.value) }) : value;
    }
    const fields = Object.entries(value).map(([name, field]) => [
      name,
      copied(field, staysCompared(value, name, isCompared)),
    ]);
    return withFields(value, Object.fromEntries(fields));
  }
}

/** Whether the words in a field of `node` are looked for. */
function staysCompared(node: Node, field: string, isCompared: boolean): boolean {
  if (node.type === 'BinaryExpression') return isCompared || COMPARING.has(nameOf(node, 'operator'));
  if (node.type === 'CallExpression' && field === 'args') return SEARCHING.has(calledBy(node));
  if (node.type === 'ArrayLiteral' || node.type === 'TupleLiteral') return isCompared;
  return node.type === 'Ternary' && field !== 'condition' && isCompared;
}

/** The method `text.NAME(…)`, or the filter `text | NAME(…)`; functions and macros have names of their own. */
function calledBy(call: Node): string {
  const callee: unknown = Reflect.get(call, 'callee');
  if (!isNode(callee)) return '';
  return callee.type === 'MemberExpression' ? nameOf(callee, 'property') : nameOf(call, 'callee');
}

function nameOf(node: Node, field: string): string {
  const value: unknown = Reflect.get(node, field);
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'value') : undefined;
  return typeof name === 'string' ? name : '';
}

function withFields(node: Node, fields: object): Node {
  return Object.assign(Object.create(Object.getPrototypeOf(node)), node, fields);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
