import type { System } from '../../src/model/system.ts';
import type { SystemStats } from './sandbox.ts';

/** What a call of the integration was for, as far as its route tells. */
export type CallKind = 'read' | 'write' | 'query' | 'search' | 'other';

const kinds: Record<System, readonly (readonly [RegExp, CallKind])[]> = {
  hubspot: [
    [/^POST \/crm\/v3\/objects\/[^/]+\/batch\/read$/, 'read'],
    [/^POST \/crm\/v3\/objects\/[^/]+\/batch\/(create|update|upsert)$/, 'write'],
    [/^POST \/crm\/v3\/objects\/[^/]+\/search$/, 'search'],
    [/^GET \/crm\/v3\/objects\/[^/]+\/\{[^}]+\}$/, 'read'],
    [/^(POST|PATCH) \/crm\/v3\/objects\/[^/]+(\/\{[^}]+\})?$/, 'write'],
  ],
  salesforce: [
    [/^(POST|GET) \/services\/data\/\{version\}\/composite\/sobjects\/[^/]+$/, 'read'],
    [/^(POST|PATCH) \/services\/data\/\{version\}\/composite\/sobjects(\/[^/]+\/[^/]+)?$/, 'write'],
    [/^GET \/services\/data\/\{version\}\/sobjects\/[^/]+\/\{[^}]+\}$/, 'read'],
    [/^(POST|PATCH) \/services\/data\/\{version\}\/sobjects\/[^/]+(\/[^/]+){0,2}$/, 'write'],
    [/^GET \/services\/data\/\{version\}\/query(All)?(\/\{[^}]+\})?$/, 'query'],
    // The worker sends queries alone in a composite.
    [/^POST \/services\/data\/\{version\}\/composite$/, 'query'],
  ],
};

/** Sorts a route of the simulators' `byRoute` (path templates). */
export const kindOf = (system: System, route: string): CallKind =>
  kinds[system].find(([pattern]) => pattern.test(route))?.[1] ?? 'other';

/** The integration's calls between two looks at the counters. */
export interface CallCount {
  readonly total: number;
  readonly limited: number;
  readonly byKind: Readonly<Record<CallKind, number>>;
  readonly byRoute: Readonly<Record<string, number>>;
}

/** What lies between two looks; routes without calls are left out. */
export const callsBetween = (system: System, before: SystemStats, after: SystemStats): CallCount => {
  const byRoute: Record<string, number> = {};
  const byKind = { read: 0, write: 0, query: 0, search: 0, other: 0 };
  for (const [route, count] of Object.entries(after.calls.byRoute)) {
    const calls = count - (before.calls.byRoute[route] ?? 0);
    if (calls === 0) continue;
    byRoute[route] = calls;
    byKind[kindOf(system, route)] += calls;
  }
  return {
    total: after.calls.byCaller.integration - before.calls.byCaller.integration,
    limited: after.calls.limited - before.calls.limited,
    byKind,
    byRoute,
  };
};
