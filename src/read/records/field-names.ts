/** Two columns, or two fields of a struct, of one name: a row would have the value of one of them. */
export class RepeatedName extends Error {
  /** Its path: `answers.answer`. */
  readonly field: string;

  constructor(field: string) {
    super(
      'this name stands twice in the schema, so one value would hide the other; rename one and write the file again',
    );
    this.name = 'RepeatedName';
    this.field = field;
  }
}

/**
 * @param parent the path of what has these columns or fields, with a point behind it
 * @throws RepeatedName
 */
export function refuseRepeated(names: readonly string[], parent: string): void {
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) throw new RepeatedName(`${parent}${repeated}`);
}
