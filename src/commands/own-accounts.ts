import type { Connector } from '../connectors/connector.ts';
import { UsageError } from '../model/failure.ts';
import { type System, systemLabel, systems } from '../model/system.ts';
import type { OperatorStore } from '../store/operator/operator-store.ts';

type Accounts = Pick<OperatorStore, 'keepAccount'>;

/** The variables whose credentials decide which account answers. */
const variables: Readonly<Record<System, string>> = {
  hubspot: 'HUBSPOT_ACCESS_TOKEN',
  salesforce: 'SALESFORCE_LOGIN_URL and the sign-in beside it',
};

/**
 * A store works with the two accounts that it knows the records of, and with no others. Ids of another account mean other people, or
 * nobody: a Salesforce sandbox has the ids of the organization it was copied from. Links and base would overwrite what they never saw.
 * @throws UsageError where another account answers
 */
export const assertOwnAccount = async (store: Accounts, system: System, accountId: string): Promise<void> => {
  const own = await store.keepAccount(system, accountId);
  if (own === accountId) return;
  throw new UsageError(
    `${systemLabel[system]} answers as account ${accountId}, and this store knows the records of account ${own}.`,
    `If the account is wrong, check ${variables[system]}. If the store is, give the other one a store of its own: another folder for --data, or another DATABASE_URL.`,
  );
};

/** As {@link assertOwnAccount}, of both systems. @throws UsageError, CallFailed */
export const assertOwnAccounts = async (
  store: Accounts,
  connectors: Readonly<Record<System, Pick<Connector, 'check'>>>,
): Promise<void> => {
  for (const system of systems) {
    const { accountId } = await connectors[system].check({ class: 'live', purpose: 'sign-in' });
    await assertOwnAccount(store, system, accountId);
  }
};
