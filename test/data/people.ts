import { systems } from '../../src/model/system.ts';
import { fitsSalesforce, seenElsewhere } from './differences.ts';
import { contactOf, type EmailRules, leadOf, type Person, type Profile } from './person.ts';
import { profileMaker } from './profile.ts';
import { type Random, randomOf, shuffled } from './random.ts';
import type { EmailCase, LeadRow, Sources } from './sources.ts';
import { twinOf } from './twins.ts';

export interface PeopleOptions {
  readonly people: number;
  readonly seed: number;
  readonly sources: Sources;
  readonly rules: EmailRules;
}

/** Which places in the order hold special people; the remainders in `roleOf` are chosen so that no place has two roles. */
const emailCaseEvery = 12;
const twinEvery = 24;
const naughtyEvery = 8;
const blankEmailEvery = 48;
const formerEmailEvery = 24;

type Role = 'email-case' | 'twin' | 'naughty' | 'blank-email' | 'former-email' | 'ordinary';

const roleOf = (index: number): Role => {
  if (index % emailCaseEvery === 7) return 'email-case';
  if (index % twinEvery === 11) return 'twin';
  if (index % blankEmailEvery === 33) return 'blank-email';
  if (index % naughtyEvery === 4) return 'naughty';
  if (index % formerEmailEvery === 5) return 'former-email';
  return 'ordinary';
};

type Start = 'both' | 'hubspot' | 'salesforce';

/** The lead rows are contacts, one in ten begins in Salesforce instead, and a random 60% of the contacts are leads too. */
const startOf = (random: Random): Start =>
  random.chance(0.1) ? 'salesforce' : random.chance(0.6) ? 'both' : 'hubspot';

/** Where a person with this address can begin: not in a system that refuses it; null where both do. */
const enterable = (start: Start, address: string, rules: EmailRules): Start | null => {
  const refusedBy = systems.filter((system) => rules.refusal(system, address) !== null);
  if (refusedBy.length === 0) return start;
  return systems.find((system) => !refusedBy.includes(system)) ?? null;
};

interface Draft {
  readonly key: string;
  readonly profile: Profile;
  readonly start: Start;
  readonly why: string;
  /** An address that they had before: HubSpot's contact has it beside the present one, and a lead knows nothing else. */
  readonly former?: string;
  readonly apartFrom?: readonly string[];
}

/** States where the person must end, by the product's rule for addresses and the vendors' own. */
const finish = (draft: Draft, rules: EmailRules, random: Random): Person => {
  const { profile, key } = draft;
  const matchable = rules.key(profile.email) !== null;
  const common = { key, email: profile.email, apartFrom: draft.apartFrom ?? [] };
  const { former } = draft;
  const contact = {
    ...contactOf(profile),
    ...(former === undefined ? {} : { hs_additional_emails: former }),
  };
  if (draft.start === 'both') {
    const seen = seenElsewhere(profile, random);
    const lead = leadOf(former === undefined ? seen : { ...seen, email: former });
    return { ...common, contact, lead, expect: 'both', why: draft.why };
  }
  const home = draft.start;
  const away = home === 'hubspot' ? 'salesforce' : 'hubspot';
  const refusal = matchable ? rules.refusal(away, profile.email) : null;
  const alone = home === 'hubspot' ? 'hubspot-only' : 'salesforce-only';
  const reason = matchable ? refusal && `parked, ${refusal}` : 'alone by rule, no valid email';
  return {
    ...common,
    contact: home === 'hubspot' ? contact : null,
    lead: home === 'salesforce' ? leadOf(profile) : null,
    expect: reason === null ? 'both' : alone,
    why: reason === null ? draft.why : `${draft.why}; ${reason}`,
  };
};

/** The addresses to hand out, each person's own: of those that mean the same only the first is kept. */
const distinctCases = (sources: Sources, rules: EmailRules, seed: number): EmailCase[] => {
  const seen = new Set<string>();
  return shuffled(sources.emails, seed, 'email-cases').filter(({ address }) => {
    const key = rules.key(address) ?? address.trim().toLowerCase();
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Nobody can be found by an address that does not count: the two records of such a person are two people to Tandem. */
const split = (draft: Draft): Draft[] =>
  systems.map((start) => ({ ...draft, start, key: `${draft.key}/${start}` }));

/** Makes the drafts of one place in the order (one or two people), with everything that is special about it. */
const draftMaker = ({ seed, sources, rules }: PeopleOptions) => {
  const profileOf = profileMaker(sources, seed);
  const cases = distinctCases(sources, rules, seed);
  const naughty = shuffled(sources.naughty, seed, 'naughty');
  const row = (index: number): LeadRow => {
    const found = sources.leads[index % sources.leads.length];
    if (found === undefined) throw new Error('people: the lead file has no rows');
    return found;
  };
  const keyOf = (index: number): string => {
    const round = Math.floor(index / sources.leads.length);
    return round === 0 ? row(index).number : `${row(index).number}/${round + 1}`;
  };

  const alone = (draft: Draft): Draft[] =>
    draft.start !== 'both' || rules.key(draft.profile.email) !== null ? [draft] : split(draft);

  const special: Record<Role, (draft: Draft, index: number, random: Random) => Draft[]> = {
    ordinary: (draft) => [draft],
    'blank-email': (draft) => alone({ ...draft, why: 'no email', profile: { ...draft.profile, email: '' } }),
    'email-case': (draft, index) => {
      const found = cases[Math.floor(index / emailCaseEvery)];
      if (found === undefined) return [draft];
      const start = enterable(draft.start, found.address, rules);
      if (start === null) return [draft];
      const why = `isemail ${found.id} (${found.category})`;
      return alone({ ...draft, why, start, profile: { ...draft.profile, email: found.address } });
    },
    naughty: (draft, index, random) => {
      const text = naughty[Math.floor(index / naughtyEvery) % naughty.length] ?? '';
      const profile = { ...draft.profile, [random.chance(0.5) ? 'given' : 'surname']: text };
      if (fitsSalesforce(profile)) return [{ ...draft, why: 'naughty string as name', profile }];
      return [
        { ...draft, why: 'naughty string as name, too long for Salesforce', profile, start: 'hubspot' },
      ];
    },
    'former-email': (draft) => {
      const { profile, start } = draft;
      if (start === 'salesforce') return [draft];
      const why = `${draft.why}; has a former address`;
      return [
        { ...draft, why, former: profile.email, profile: { ...profile, email: `now-at.${profile.email}` } },
      ];
    },
    twin: (draft, index, random) => {
      const turn = Math.floor(index / twinEvery);
      const own = profileOf(index, row(index + 1), true);
      const twin = twinOf(draft.profile, own, turn, random);
      const key = `${draft.key}/twin`;
      const why = `twin: ${twin.kind}`;
      return [
        { ...draft, why: `${draft.why}; has a twin: ${twin.kind}` },
        { key, profile: twin.profile, start: startOf(random), why, apartFrom: [draft.key] },
      ].flatMap(alone);
    },
  };

  return (index: number): Person[] => {
    const random = randomOf(seed, 'records', index);
    const why = `X Education lead ${row(index).number}`;
    const draft = { key: keyOf(index), profile: profileOf(index, row(index)), start: startOf(random), why };
    return special[roleOf(index)](draft, index, random).map((made) => finish(made, rules, random));
  };
};

/**
 * The people of a data set, one after another and never all in memory: the rows of the lead file in order, round and
 * round with new identities where more people are asked for than it has rows. The same options give the same people.
 */
export function* makePeople(options: PeopleOptions): Generator<Person> {
  const draftsAt = draftMaker(options);
  let made = 0;
  for (let index = 0; made < options.people; index += 1) {
    for (const person of draftsAt(index)) {
      if (made === options.people) return;
      made += 1;
      yield person;
    }
  }
}
