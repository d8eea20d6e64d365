import type { Finding } from '../../mapping/finding.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { systemLabel } from '../../model/system.ts';
import { type MissingField, missingOwnFields } from '../own-fields/missing.ts';
import { typeWords } from '../own-fields/type-words.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

const page = 'docs/admins/fields.md';

const placeOf = ({ field, object }: MissingField): string =>
  `${systemLabel[field.system]} ${object}.${field.name}`;

/** One field may be wrong on leads and on contacts in the same way: that is one thing to do. */
const sameThing = ({ field, fault }: MissingField): string => `${field.system} ${field.name} ${fault}`;

/**
 * Holds the systems against the list of own fields: each that a behaviour in `act` needs is an error, where lifecycle.yaml switches that behaviour on;
 * the others are one note. An object that is not in `objects` (by API name) is not looked at. Pure.
 */
export const checkOwnFields = (
  { lifecycle, sources }: LoadedLifecycle,
  objects: ReadonlyMap<string, Pick<ObjectDescription, 'fields'>>,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (lifecycle === null || source === undefined) return [];
  const missing = missingOwnFields(lifecycle, objects);
  const needed = Map.groupBy(
    missing.filter(({ behaviours }) => behaviours.length > 0),
    sameThing,
  );
  const spare = missing.filter(({ behaviours }) => behaviours.length === 0);
  const errors = [...needed.values()].flatMap((same): Finding[] => {
    const [first] = same;
    if (first === undefined) return [];
    const { field, behaviours, fault } = first;
    const where = same.map(({ object }) => object);
    const what = `${same.length === 1 ? placeOf(first) : `${systemLabel[field.system]} ${field.name} (of ${where.join(', ')})`} ${fault}`;
    const acting = behaviours.map((each) => `'${each}: act'`);
    const why = `${acting.join(' and ')} ${acting.length === 1 ? 'needs' : 'need'} it: ${field.use}`;
    const right = field.by === 'people' ? 'to read it' : 'to read and write it';
    const fix = `make it ${typeWords(field).replaceAll('*', '')}, as ${page} says, and give the integration the right ${right}`;
    return [errorAt(source, ['behaviours', behaviours[0] ?? ''], what, why, fix)];
  });
  if (spare.length === 0) return errors;
  const what = `fields of Tandem's own that are not needed as it is set: ${spare.map((each) => `${placeOf(each)} ${each.fault}`).join(', ')}`;
  const fix = `nothing; ${page} says what each is for`;
  return [
    ...errors,
    { ...noteAt(source, ['behaviours'], what, 'no behaviour in act needs them', fix), isMild: true },
  ];
};
