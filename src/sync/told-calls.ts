import { CallFailed } from '../model/failure.ts';
import { passOn } from '../model/pass-on.ts';
import type { RecordSystem } from '../model/record-system.ts';
import type { EngineStore } from './ports.ts';
import { routeKeyOf } from './problems.ts';

/** How often a route that goes on ends its problem once more: another process, dead since, may have raised it. */
const clearEveryMs = 60_000;

/**
 * Routes of one system: by what the engine asks and of which object, since a poll that goes through says nothing of batch reads, nor contacts of
 * companies.
 */
class Routes {
  private readonly failed = new Set<string>();
  private readonly clearedAt = new Map<string, number>();
  private readonly system: RecordSystem['system'];
  private readonly store: Pick<EngineStore, 'clearProblem'>;
  private readonly clock: () => number;

  constructor({ system }: RecordSystem, store: Pick<EngineStore, 'clearProblem'>, clock: () => number) {
    this.system = system;
    this.store = store;
    this.clock = clock;
  }

  /** Calls, and tells by which route where that fails. `asks`: false where the request needs no call, which proves nothing. */
  async told<T>(route: string, asks: boolean, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      if (asks) await this.wentThrough(route);
      return answer;
    } catch (error) {
      throw this.failedBy(route, error);
    }
  }

  failedBy(route: string, error: unknown): unknown {
    if (error instanceof CallFailed && error.failure.system === this.system) {
      error.route ??= route;
      this.failed.add(route);
    }
    return error;
  }

  async wentThrough(route: string): Promise<void> {
    const now = this.clock();
    const isKnown = now - (this.clearedAt.get(route) ?? Number.NEGATIVE_INFINITY) < clearEveryMs;
    if (!this.failed.delete(route) && isKnown) return;
    this.clearedAt.set(route, now);
    await this.store.clearProblem(routeKeyOf(this.system, route));
  }
}

/**
 * The system, telling with each failure which of its routes failed, and ending the problem of a route (sync/problems.ts) when that one goes
 * through again. Writes never fail as a whole.
 */
export const withToldCalls = (
  inner: RecordSystem,
  store: Pick<EngineStore, 'clearProblem'>,
  clock: () => number = Date.now,
): RecordSystem => {
  const routes = new Routes(inner, store, clock);
  return {
    ...passOn(inner),
    readMany: async (...request) =>
      routes.told(`reading ${request[0]}`, request[1].length > 0, async () => inner.readMany(...request)),
    findByField: async (...request) =>
      routes.told(`finding ${request[0]} by ${request[1]}`, request[2].length > 0, async () =>
        inner.findByField(...request),
      ),
    ...told(inner, routes),
    changesSince: (...request) => changesTold(inner, routes, request),
    listPage: async (...request) =>
      routes.told(`listing ${request[0]}`, true, async () => inner.listPage(...request)),
    history: async (...request) =>
      routes.told(`history of ${request[0]}`, request[1].length > 0, async () => inner.history(...request)),
    fates: async (...request) =>
      routes.told(`fates of ${request[0]}`, request[1].length > 0, async () => inner.fates(...request)),
    now: async (context) => routes.told('time', true, async () => inner.now(context)),
  };
};

/** What only one of the systems has. */
const told = (inner: RecordSystem, routes: Routes): Partial<RecordSystem> => {
  const { findAcross, findByDomain, readTies, tiesChangedSince, changedAmong } = inner;
  return {
    ...(findAcross && {
      findAcross: async (...request) =>
        routes.told(
          `finding ${request[0].map(({ type }) => type).join(' and ')}`,
          request[1].length > 0,
          async () => findAcross.apply(inner, request),
        ),
    }),
    ...(findByDomain && {
      findByDomain: async (...request) =>
        routes.told(`finding ${request[0]} by domain`, request[2].length > 0, async () =>
          findByDomain.apply(inner, request),
        ),
    }),
    ...(readTies && {
      readTies: async (...request) =>
        routes.told(`ties of ${request[0]} to ${request[2]}`, request[1].length > 0, async () =>
          readTies.apply(inner, request),
        ),
    }),
    ...(tiesChangedSince && {
      tiesChangedSince: async (...request) =>
        routes.told(`changed ties of ${request[0]} to ${request[1]}`, true, async () =>
          tiesChangedSince.apply(inner, request),
        ),
    }),
    ...(changedAmong && {
      changedAmong: async (...request) =>
        routes.told('what changed', request[0].length > 0, async () => changedAmong.apply(inner, request)),
    }),
  };
};

async function* changesTold(
  inner: RecordSystem,
  routes: Routes,
  request: Parameters<RecordSystem['changesSince']>,
): ReturnType<RecordSystem['changesSince']> extends AsyncIterable<infer Page> ? AsyncGenerator<Page> : never {
  const route = `polling ${request[0]}`;
  try {
    for await (const page of inner.changesSince(...request)) {
      await routes.wentThrough(route);
      yield page;
    }
  } catch (error) {
    throw routes.failedBy(route, error);
  }
}
