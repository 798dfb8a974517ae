/** A node of the library's syntax tree, with the field in use. */
interface Node {
  type: string;
}

/** Operators that compare texts or search one in another. */
const COMPARING = new Set(['==', '!=', 'in', 'not in']);
/** Methods and filters that search a text. */
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
 * Copies a syntax tree and changes the string literals that the template compares with texts, as in `content.split('</think>')`. Literals
 * that it writes stay unchanged.
 * @param change returns the new literal
 * @param kept literals that are never changed: roles and names of fields
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

/** Whether literals in a field of `node` are compared with texts. */
function staysCompared(node: Node, field: string, isCompared: boolean): boolean {
  if (node.type === 'BinaryExpression') return isCompared || COMPARING.has(nameOf(node, 'operator'));
  if (node.type === 'CallExpression' && field === 'args') return SEARCHING.has(calledBy(node));
  if (node.type === 'ArrayLiteral' || node.type === 'TupleLiteral') return isCompared;
  return node.type === 'Ternary' && field !== 'condition' && isCompared;
}

/** The name of the method `text.NAME(…)` or of the filter `text | NAME(…)`. */
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
