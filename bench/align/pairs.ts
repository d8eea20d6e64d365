import type { PairMapping } from '../../src/model/mapping.ts';
import { bothSides, type Sides, type System } from '../../src/model/system.ts';
import type { RawFields } from '../../src/model/value.ts';
import { makePeoplePlan } from '../../src/sandbox/people/plan.ts';
import { emailRules } from '../../test/data/email-rules.ts';
import { makePeople } from '../../test/data/people.ts';
import { hasData, readSources } from '../../test/data/sources.ts';

/** What the people leave out, so that all sixteen fields of the mirror have something to decode. */
const always: Sides<RawFields> = {
  hubspot: { address: '12 High Street', state: 'Ohio', industry: 'Education', annualrevenue: '1250000' },
  salesforce: { Street: '12 High Street', State: 'Ohio', Industry: 'Education', AnnualRevenue: 1_250_000 },
};

/** Both records of a person as the APIs give them: every mapped field, null where it is blank. */
export type Pair = Sides<RawFields>;

const asRead = (pair: PairMapping, system: System, values: RawFields): RawFields =>
  Object.fromEntries([
    [pair.identity[system], system === 'hubspot' ? '00Q000000000001AAA' : '1'],
    ...pair.fields.map(({ fields }) => {
      const name = fields[system];
      return [name, values[name] ?? always[system][name] ?? null];
    }),
  ]);

function* realPairs(people: number): Generator<Pair> {
  const made = makePeople({ people: people * 3, seed: 7, sources: readSources(), rules: emailRules });
  for (const { contact, lead } of made) if (contact && lead) yield { hubspot: contact, salesforce: lead };
}

const simulatedPairs = function* (people: number): Generator<Pair> {
  const plan = makePeoplePlan(7, people, people);
  for (let index = 0; index < people; index += 1) {
    const contact = plan.contact(index);
    yield {
      hubspot: {
        email: contact.email,
        firstname: contact.firstName,
        lastname: contact.lastName,
        company: contact.company,
        jobtitle: contact.title,
        phone: contact.phone,
        mobilephone: contact.mobile,
        website: contact.website,
        city: contact.city,
        zip: contact.postalCode,
        country: contact.country,
        message: contact.description,
      },
      salesforce: {
        Email: contact.email.toUpperCase(),
        FirstName: contact.firstName,
        LastName: contact.lastName,
        Company: contact.company,
        Title: contact.title,
        Phone: contact.phone.replaceAll(' ', ''),
        MobilePhone: contact.mobile.replaceAll(' ', ''),
        Website: contact.website,
        City: contact.city,
        PostalCode: contact.postalCode,
        Country: contact.country,
        Description: contact.description,
      },
    };
  }
};

/** So many people as both systems would give them when all sixteen fields are asked for. */
export const makePairs = (mapping: PairMapping, people: number): Pair[] => {
  const pairs: Pair[] = [];
  for (const values of hasData() ? realPairs(people) : simulatedPairs(people)) {
    pairs.push(bothSides((system) => asRead(mapping, system, values[system])));
    if (pairs.length === people) break;
  }
  return pairs;
};
