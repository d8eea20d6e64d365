import { domainOf } from '../../model/domain.ts';
import { CallFailed } from '../../model/failure.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { isPerson, type Staff } from '../staff/staff.ts';
import type { Standing } from './standing.ts';

/** The list of scoring.yaml whose domains are nobody's company. */
const freeMailList = 'free_mail';

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * The one who has all of these accounts; null where different people have them, or nobody who is there: of two owners none is guessed. An account that
 * Tandem's own user has, since it made it, says nothing. Pure.
 */
export const agreedOwner = (
  accounts: readonly Pick<RecordSnapshot, 'fields' | 'deleted'>[],
  { owners }: Pick<Staff, 'owners'>,
): string | null => {
  const ids = accounts.flatMap(({ fields, deleted }) => {
    const owner = owners.get(textOf(fields.OwnerId) ?? '');
    return deleted || owner === undefined || !isPerson(owner) || !owner.active ? [] : [owner.id];
  });
  const [first, ...others] = new Set(ids);
  return first === undefined || others.length > 0 ? null : first;
};

/** The company's domain of a person's address; null for those of free mail. */
const companyDomain = ({ models }: LifecycleContext, { person }: Standing): string | null => {
  const domain = domainOf(textOf(person.contact.fields.email)?.split('@').at(-1) ?? '');
  const free = models.scoring.lists[freeMailList] ?? [];
  return domain === null || free.includes(domain) ? null : domain;
};

/** Accounts that may not be seen, or have no website, are nobody's claim. */
const unlessHidden = async <Found>(ask: () => Promise<Found>, none: Found): Promise<Found> => {
  try {
    return await ask();
  } catch (error) {
    const isHidden = error instanceof CallFailed && ['schema', 'permission'].includes(error.failure.category);
    if (!isHidden) throw error;
    return none;
  }
};

/**
 * Who has the Salesforce account of each person: that of the contact, else the accounts whose website has the domain of the person's address. At most
 * two calls for all of them. People whose account nobody has, or several people, are left out. @throws CallFailed
 */
export const accountOwners = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<ReadonlyMap<Standing, string>> => {
  const { salesforce } = context.systems;
  const accountOf = new Map<Standing, string>();
  const domains = new Map<Standing, string>();
  for (const standing of standings) {
    const account = textOf(standing.person.sales?.fields.AccountId);
    const domain = companyDomain(context, standing);
    if (account !== null) accountOf.set(standing, account);
    else if (domain !== null) domains.set(standing, domain);
  }
  const call = callFor(context, 'match');
  const [byId, found] = await Promise.all([
    accountOf.size === 0
      ? new Map<string, RecordSnapshot>()
      : unlessHidden(
          () => salesforce.readMany('Account', [...new Set(accountOf.values())], ['OwnerId'], call),
          new Map<string, RecordSnapshot>(),
        ),
    domains.size === 0 || salesforce.findByDomain === undefined
      ? []
      : unlessHidden(
          async () =>
            (await salesforce.findByDomain?.(
              'Account',
              'Website',
              [...new Set(domains.values())],
              ['OwnerId'],
              call,
            )) ?? [],
          [],
        ),
  ]);
  return new Map(
    standings.flatMap((standing): [Standing, string][] => {
      const account = byId.get(accountOf.get(standing) ?? '');
      const domain = domains.get(standing);
      const theirs = found.filter(({ matched }) => domain !== undefined && matched.includes(domain));
      const accounts = account === undefined ? theirs.map(({ record }) => record) : [account];
      const owner = agreedOwner(accounts, standing.staff);
      return owner === null ? [] : [[standing, owner]];
    }),
  );
};
