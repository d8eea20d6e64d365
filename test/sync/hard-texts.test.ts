import { beforeAll, describe, expect, it } from 'vitest';
import { codecKinds } from '../../src/mapping/codecs/registry.ts';
import type { Sides } from '../../src/model/system.ts';
import { hardTexts, longestText, naughtyFew } from '../data/hard-texts.ts';
import { withSimulators } from './simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;
/** What Salesforce lets somebody enter. */
const texts = [...hardTexts, ...naughtyFew].filter((text) => text.length <= longestText);
const codecs = codecKinds['long-text'].make({});

type Texts = Readonly<Record<string, string | null>>;

/** What stands in the long text of everybody on both sides, by email. */
const stands = async (): Promise<Sides<Texts>> => {
  const { access } = simulated.sandbox;
  const [contacts, leads] = await Promise.all(
    [`${access.hubspot}/_sandbox/records/contacts`, `${access.salesforce}/_sandbox/records/Lead`].map(
      async (url) => ((await (await fetch(url)).json()) as { records: Record<string, unknown>[] }).records,
    ),
  );
  const properties = (contacts ?? []).map((record) => record.properties as Texts);
  return {
    hubspot: Object.fromEntries(properties.map(({ email, message }) => [email ?? '', message ?? null])),
    salesforce: Object.fromEntries(
      (leads ?? []).map(({ Email, Description }) => [String(Email), (Description ?? null) as string | null]),
    ),
  };
};

const emailOf = (at: number): string => `n${at}@example.com`;

/** Who does not have the same text on both sides, in the form that both share. */
const astray = ({ hubspot, salesforce }: Sides<Texts>): readonly string[] =>
  texts.flatMap((_, at) => {
    const [here, there] = [hubspot[emailOf(at)], salesforce[emailOf(at)]];
    const same =
      here !== undefined &&
      there !== undefined &&
      JSON.stringify(codecs.hubspot.decode(here)) === JSON.stringify(codecs.salesforce.decode(there));
    return same ? [] : [`${emailOf(at)}: ${JSON.stringify(texts[at]).slice(0, 60)}`];
  });

describe('hard texts from Salesforce to HubSpot', () => {
  beforeAll(async () => {
    await simulated.control('salesforce', 'records/Lead', {
      records: texts.map((Description, at) => ({
        ...{ Email: emailOf(at), LastName: `N${at}`, Company: 'C', Description },
      })),
    });
    await simulated.align();
  });

  it('arrive equal where somebody is created', async () => {
    const now = await stands();
    expect(Object.keys(now.hubspot)).toHaveLength(texts.length);
    expect(astray(now)).toEqual([]);
    // They are the texts that were entered, and not an empty place on both sides.
    expect(now.hubspot[emailOf(0)]).toBe(texts[0]);
    expect(Object.values(now.hubspot).filter((text) => text === null)).toEqual([]);
  });

  it('arrive equal when they are edited, and nothing is refused or goes back', async () => {
    const before = await stands();
    const salesforce = await simulated.asPerson();
    const links = await fixture.store.engine.linksAfter('people', '', 100);
    const rows = links.map(({ ids, base }) => {
      const at = Number(String(base.email?.salesforce).slice(1).split('@')[0]);
      return { Id: ids.salesforce, Description: texts[(at + 1) % texts.length] ?? '' };
    });
    const results = await salesforce.sobject('Lead').update(rows);
    expect(results.filter(({ success }) => !success)).toEqual([]);
    for (const { Id } of rows) await simulated.mark({ salesforce: Id });
    await simulated.drain();
    const now = await stands();
    expect(astray(now)).toEqual([]);
    expect(now.hubspot[emailOf(texts.length - 1)]).toBe(texts[0]);
    const still = texts.filter((_, at) => now.hubspot[emailOf(at)] === before.hubspot[emailOf(at)]);
    expect(still).toEqual([]);
    expect(await fixture.query('select from tandem.parked')).toEqual([]);
  });
});
