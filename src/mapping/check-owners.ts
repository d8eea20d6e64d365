import { formsOf, ownerReference } from '../model/mapping.ts';
import type { Owner } from '../model/owner.ts';
import { type Sides, type System, systemLabel } from '../model/system.ts';
import type { Finding } from './finding.ts';
import { canOwn, isNamed, type NamedOwner, nobodiesIn, nobody } from './owner-pairs.ts';

/** What can be named on either side, in the words of its own pages. */
const kinds: Sides<string> = {
  hubspot: 'an owner (id or email)',
  salesforce: 'a user (id or email) or a queue (id or name)',
};

const error = (row: NamedOwner, what: string, why: string, fix: string): Finding => ({
  ...{ level: 'error', file: row.pair.file, line: row.line },
  ...{ what, why, fix },
});

/** `2 users and 1 queue`. */
const counted = (owners: readonly Owner[]): string =>
  (['user', 'queue'] as const)
    .flatMap((kind) => {
      const count = owners.filter((owner) => owner.kind === kind).length;
      return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
    })
    .join(' and ');

/** Why a word means nobody; null where it means one who can be given records. */
const wrongName = (
  row: NamedOwner,
  system: System,
  word: string,
  owners: readonly Owner[],
): Finding | null => {
  const label = systemLabel[system];
  const all = owners.filter((owner) => isNamed(owner, word));
  const active = all.filter((owner) => owner.active);
  const without = 'the row counts for nothing: whose records these are is told by email alone';
  if (active.length === 1) return null;
  if (active.length > 1) {
    const fix = 'write the id of the one that is meant';
    return error(row, `'${word}' is ${counted(active)} of ${label}`, without, fix);
  }
  if (all.length > 0) {
    const fix = 'name somebody who is active, or delete the row';
    return error(row, `'${word}' is inactive in ${label}`, 'nobody who is inactive is given a record', fix);
  }
  return error(row, `${label} has nobody called '${word}'`, without, `write ${kinds[system]} of ${label}`);
};

/** A queue in a mapping none of whose objects it can own. */
const wrongQueue = (row: NamedOwner, queue: Owner): Finding | null => {
  const types = formsOf(row.pair)
    .filter(({ fields }) => fields.some(({ reference }) => reference?.of === ownerReference))
    .map((form) => form.types.salesforce);
  if (types.some((type) => canOwn(queue, type))) return null;
  const owned = queue.owns?.join(', ') ?? '';
  return error(
    row,
    `the queue '${row.counterpart}' cannot own ${types.join(' or ')}`,
    owned === '' ? 'it owns no object yet' : `it can own ${owned} alone, and counts there`,
    'move the row to a mapping whose records it can own, add the object to the queue in Setup (accounts, contacts and opportunities have no queues), or name a user',
  );
};

/** Two rows, of whichever files, that give one owner two users or two queues. */
const twice = (rows: readonly { readonly row: NamedOwner; readonly ids: string }[]): readonly Finding[] => {
  const first = new Map<string, NamedOwner>();
  return rows.flatMap(({ row, ids }) => {
    const before = first.get(ids);
    first.set(ids, before ?? row);
    if (before === undefined || before.counterpart === row.counterpart) return [];
    return [
      error(
        row,
        `'${row.owner}' is '${before.counterpart}' in ${before.pair.file}:${before.line}`,
        'the rows of all mappings are one table, in which an owner has one user, and one queue besides',
        'keep one of the two',
      ),
    ];
  });
};

/** Holds the admin's table of owners against those who can own records in both systems. Pure. */
export const checkOwnerNames = (
  named: readonly NamedOwner[],
  owners: Sides<readonly Owner[]>,
): readonly Finding[] => {
  const findings: (Finding | null)[] = [];
  const fine: { readonly row: NamedOwner; readonly ids: string }[] = [];
  for (const row of named) {
    if (row.owner === nobody) {
      // Who has left counts as nobody, too: their records are still there.
      for (const word of nobodiesIn(row.counterpart)) {
        if (owners.salesforce.some((owner) => isNamed(owner, word))) continue;
        findings.push(wrongName(row, 'salesforce', word, owners.salesforce));
      }
      continue;
    }
    const here = wrongName(row, 'hubspot', row.owner, owners.hubspot);
    const there = wrongName(row, 'salesforce', row.counterpart, owners.salesforce);
    findings.push(here, there);
    if (here !== null || there !== null) continue;
    const counterpart = owners.salesforce.find((owner) => owner.active && isNamed(owner, row.counterpart));
    const owner = owners.hubspot.find((each) => each.active && isNamed(each, row.owner));
    if (counterpart === undefined || owner === undefined) continue;
    if (counterpart.kind === 'queue') findings.push(wrongQueue(row, counterpart));
    fine.push({ row, ids: `${owner.id} ${counterpart.kind}` });
  }
  return [...findings.filter((finding) => finding !== null), ...twice(fine)];
};
