import * as z from 'zod';
import { ControlError } from '../core/system.ts';
import type { Company } from './company.ts';
import type { PicklistEntry } from './schema/field.ts';

const code = z.string().regex(/^[A-Za-z0-9]{1,3}$/);
const schema = z.strictObject({
  countries: z
    .array(
      z.strictObject({
        code,
        name: z.string().min(1),
        /** The text that stands in the address; default: the name. */
        integration: z.string().min(1).optional(),
        states: z.array(z.strictObject({ code, name: z.string().min(1) })).default([]),
      }),
    )
    .min(1),
});

/**
 * Switches state and country/territory picklists on: every address gains a country and a state code, and takes no other text than theirs.
 * Texts that are there stay as they are, without a code, as in an org that has not converted them.
 */
export const switchAddressPicklists = (
  company: Company,
  payload: unknown,
): Readonly<Record<string, string>> => {
  const { countries } = schema.parse(payload);
  const { database } = company;
  const addresses = database.schema.objects.flatMap((object) =>
    object.fields.flatMap(({ definition }) =>
      definition.type === 'address' ? [{ object, prefix: definition.name.slice(0, -'Address'.length) }] : [],
    ),
  );
  if (addresses.some(({ object, prefix }) => object.field(`${prefix}CountryCode`) !== undefined)) {
    throw new ControlError('body', 'state and country/territory picklists are switched on already');
  }
  const countryEntries = countries.map(
    (each): PicklistEntry => ({
      value: each.code,
      label: each.name,
      ...(each.integration === undefined ? {} : { integration: each.integration }),
    }),
  );
  // A code of two countries (WA) is one value, valid for both; its name is the first one's there (what a live org does is unverified).
  const stateEntries = new Map<string, PicklistEntry>();
  for (const country of countries) {
    for (const { code: value, name } of country.states) {
      const key = `${value}/${name}`;
      const validFor = [...(stateEntries.get(key)?.validFor ?? []), country.code];
      stateEntries.set(key, { value, label: name, validFor });
    }
  }
  for (const { object, prefix } of addresses) {
    const label = (part: string): string => (prefix === '' ? part : `${prefix} ${part}`);
    const common = {
      type: 'picklist',
      length: 10,
      listed: true,
      compoundFieldName: `${prefix}Address`,
    } as const;
    database.addField(object, {
      ...common,
      name: `${prefix}CountryCode`,
      label: label('Country Code'),
      picklist: countryEntries,
    });
    database.addField(object, {
      ...common,
      name: `${prefix}StateCode`,
      label: label('State/Province Code'),
      picklist: [...stateEntries.values()],
      controllerName: `${prefix}CountryCode`,
    });
  }
  return Object.fromEntries(countries.map((each) => [each.code, each.integration ?? each.name]));
};
