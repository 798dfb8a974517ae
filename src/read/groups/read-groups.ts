import type { Input, ReadOptions } from '../inputs/inputs.js';
import { openSource } from '../records/source.js';
import { gathered } from './gathered.js';
import type { Group } from './group.js';
import { GroupFields } from './group-fields.js';
import type { GroupOptions } from './group-options.js';
import { AdjacentGroups, type Member, memberOf } from './groups.js';

/**
 * The groups of long tables, which may go on from one input to the next.
 * @throws StarlingError E_USAGE for a group that appears again, E_READ, E_RESOURCES
 */
export async function* readGroups(
  inputs: readonly Input[],
  options: ReadOptions,
  group: GroupOptions,
): AsyncGenerator<Group> {
  const members = membersOf(inputs, options, group);
  const fields = new GroupFields(group);
  if (group.unsorted) return yield* gathered(members, fields, options.signal);
  const groups = new AdjacentGroups(fields);
  for await (const member of members) {
    const ended = groups.add(member);
    if (ended !== undefined) yield ended;
  }
  if (options.signal?.aborted) return;
  const last = groups.end();
  if (last !== undefined) yield last;
}

async function* membersOf(inputs: readonly Input[], options: ReadOptions, group: GroupOptions): AsyncGenerator<Member> {
  for (const input of inputs) {
    if (options.signal?.aborted) return;
    const { batches } = await openSource(input, options);
    for await (const batch of batches) {
      for (const raw of batch) {
        if (options.signal?.aborted) return;
        yield memberOf(raw, input.name, group);
      }
    }
  }
}
