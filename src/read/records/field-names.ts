/** Thrown for two columns, or two fields of a struct, with the same name: a row could hold the value of only one. */
export class RepeatedName extends Error {
  /** The path of the name: `answers.answer`. */
  readonly field: string;

  constructor(field: string) {
    super(
      'this name occurs twice in the schema, so one value would hide the other; rename one and write the file again',
    );
    this.name = 'RepeatedName';
    this.field = field;
  }
}

/**
 * @param parent the path of the parent field with a dot at its end; empty for columns
 * @throws RepeatedName
 */
export function refuseRepeated(names: readonly string[], parent: string): void {
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) throw new RepeatedName(`${parent}${repeated}`);
}
