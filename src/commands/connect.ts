import { setTimeout as sleep } from 'node:timers/promises';
import type { Systems } from '../compose.ts';
import type { Logger } from '../log.ts';
import { checkAgainstSchemas } from '../mapping/check-schemas.ts';
import { MappingError } from '../mapping/finding.ts';
import type { LoadedMappings } from '../mapping/load.ts';
import type { CallContext } from '../model/budget.ts';
import { CallFailed, type Failure, UnreachableError } from '../model/failure.ts';
import { formsOf, type PairMapping } from '../model/mapping.ts';
import { type Sides, type System, systemLabel, systems } from '../model/system.ts';
import type { Store } from '../store/open-store.ts';
import type { EngineStore } from '../sync/ports.ts';
import { problemKeyOf } from '../sync/problems.ts';
import { assertOwnAccount } from './own-accounts.ts';

/** Between two tries to reach a system that is down. */
const tryAgainMs = 1_000;

const context = (signal: AbortSignal, purpose: CallContext['purpose']): CallContext => ({
  class: 'live',
  purpose,
  signal,
});

/** The variables to look at, by system. */
const variables: Sides<{ readonly address: string; readonly credentials: string }> = {
  hubspot: { address: 'HUBSPOT_BASE_URL', credentials: 'HUBSPOT_ACCESS_TOKEN' },
  salesforce: {
    address: 'SALESFORCE_LOGIN_URL',
    credentials:
      'SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET (or SALESFORCE_USERNAME and SALESFORCE_PASSWORD)',
  },
};

const nextStepToConnect = (system: System, { category }: Failure): string =>
  category === 'credentials'
    ? `Check ${variables[system].credentials}, then start again.`
    : `Check that ${systemLabel[system]} is up and that ${variables[system].address} is its address; a worker tries again by itself.`;

const unreachable = (system: System, error: CallFailed): UnreachableError =>
  new UnreachableError(
    `${systemLabel[system]} ${error.failure.category === 'credentials' ? 'refuses the credentials' : 'cannot be reached'}: ${error.failure.code}: ${error.failure.message}`,
    nextStepToConnect(system, error.failure),
    { cause: error },
  );

/**
 * Waits until a system can be reached and accepts the credentials. While it is down, `status` shows the problem.
 * @throws UnreachableError at once when the credentials are refused, and when it stays down for `waitMs`; UsageError where another
 * account answers than the one whose records the store knows.
 */
const waitForSystem = async (
  { connectors }: Systems,
  system: System,
  store: Pick<Store, 'engine' | 'operator'>,
  log: Logger,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const began = Date.now();
  let said = false;
  for (;;) {
    try {
      const { account, accountId } = await connectors[system].check(context(signal, 'sign-in'));
      // Whatever route fails still is met again with the first look.
      await store.engine.clearProblem(problemKeyOf(system), { untoldForMs: 0 });
      await assertOwnAccount(store.operator, system, accountId);
      log.info({ event: 'connected', system, account });
      return;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { category, code, message } = error.failure;
      const fault = category === 'credentials' ? 'credentials' : system;
      const next = nextStepToConnect(system, error.failure);
      const what = `${systemLabel[system]} cannot be used`;
      await store.engine.raiseProblem({
        key: problemKeyOf(system),
        what,
        cause: `${code}: ${message}`,
        fault,
        next,
      });
      if (!said) log.warn({ event: 'not-connected', system, category, code, message, next });
      said = true;
      if (category === 'credentials' || Date.now() - began >= waitMs) throw unreachable(system, error);
      await sleep(tryAgainMs, undefined, { signal });
    }
  }
};

/** Waits for both systems. Where one cannot be used, the wait for the other is given up and has ended when this rejects. */
export const waitForSystems = async (
  parts: Systems,
  store: Pick<Store, 'engine' | 'operator'>,
  log: Logger,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const giveUp = new AbortController();
  const either = AbortSignal.any([signal, giveUp.signal]);
  const waits = systems.map(async (system) => waitForSystem(parts, system, store, log, waitMs, either));
  try {
    await Promise.all(waits);
  } catch (error) {
    giveUp.abort(error);
    await Promise.allSettled(waits);
    throw error;
  }
};

/**
 * Pairs that have not run with this mapping yet: what does not fit in them is a mistake in the mapping. In the others it is the
 * systems that changed, and the schema watch pauses what it concerns.
 */
export const freshPairs = async (
  store: Pick<EngineStore, 'alignment'>,
  { pairs, hash }: LoadedMappings,
): Promise<readonly PairMapping[]> => {
  const known = await Promise.all(
    pairs.map(async ({ name }) => (await store.alignment(name))?.mappingHash === hash),
  );
  return pairs.filter((_, index) => known[index] !== true);
};

/**
 * Holds the mappings against what both systems say of their objects.
 * @throws MappingError with file, line, why and the fix when a mapping cannot work there.
 */
export const checkSchemas = async (
  { connectors }: Systems,
  pairs: readonly PairMapping[],
  log: Logger,
  signal: AbortSignal,
): Promise<void> => {
  const findings = (
    await Promise.all(
      pairs.flatMap(formsOf).map(async (pair) => {
        const [hubspot, salesforce] = await Promise.all([
          connectors.hubspot.describe(pair.types.hubspot, context(signal, 'describe')),
          connectors.salesforce.describe(pair.types.salesforce, context(signal, 'describe')),
        ]);
        return checkAgainstSchemas(pair, { hubspot, salesforce });
      }),
    )
  ).flat();
  const errors = findings.filter((finding) => finding.level === 'error');
  if (errors.length > 0) throw new MappingError(errors);
  for (const { level, file, line, what, why, fix } of findings) {
    log.debug({ event: 'mapping-note', level, place: `${file}:${line}`, what, why, fix });
  }
};
