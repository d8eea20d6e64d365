import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { ObjectDescription } from '../model/record.ts';
import type { Sides } from '../model/system.ts';
import { writesTo } from './file-rules.ts';
import type { Finding } from './finding.ts';

/** Kinds that pass on what somebody typed. What a table of values names, the admin has looked at. */
const typedKinds: ReadonlySet<string> = new Set(['text', 'long-text', 'country']);

/** How a field is mapped by its code, by the end of its name. */
const byCode = (name: string, code: string): string =>
  name.endsWith('Country')
    ? `map { salesforce: ${code}, kind: country-code } instead`
    : `map { salesforce: ${code}, kind: enum, values: { California: CA, … } } instead`;

const findingOf = (
  pair: PairMapping,
  field: FieldMapping,
  { salesforce }: Sides<ObjectDescription>,
): readonly Finding[] => {
  const name = field.fields.salesforce;
  if (!/(?:Country|State)$/.test(name) || !typedKinds.has(field.kind)) return [];
  if (!writesTo(field.direction, 'salesforce') || !salesforce.fields.has(name)) return [];
  const code = salesforce.fields.get(`${name}Code`);
  if (code?.type !== 'picklist') return [];
  return [
    {
      level: 'note',
      file: pair.file,
      line: field.line,
      what: `Salesforce ${pair.types.salesforce}.${name} takes no free text: the org has State and Country/Territory Picklists`,
      why: `a text that is none of their integration values (Setup) is refused and parked, with a state that has no country`,
      fix: byCode(name, code.name),
    },
  ];
};

/**
 * Free text that goes into an address of an org with State and Country/Territory Picklists, which is seen by the code beside it
 * (help: State, Country, and Territory Picklist Fields). Pure.
 */
export const addressFindings = (pair: PairMapping, sides: Sides<ObjectDescription>): readonly Finding[] =>
  pair.fields.flatMap((field) => findingOf(pair, field, sides));
