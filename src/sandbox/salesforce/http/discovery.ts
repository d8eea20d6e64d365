import type { Route } from '../../core/routes.ts';
import type { Company } from '../company.ts';
import { makeRoute, versionMax, versionMin } from './endpoint.ts';

const seasons = ['Spring', 'Summer', 'Winter'] as const;

/** 31 was Summer '14; three releases a year, Winter named after the next. */
const labelOf = (version: number): string => {
  const sinceSpring14 = version - 30;
  const season = seasons[sinceSpring14 % 3] ?? 'Spring';
  const year = 14 + Math.floor(sinceSpring14 / 3) + (season === 'Winter' ? 1 : 0);
  return `${season} '${year}`;
};

const versions = (): readonly unknown[] =>
  Array.from({ length: versionMax - versionMin + 1 }, (_, at) => {
    const version = versionMin + at;
    return { label: labelOf(version), url: `/services/data/v${version}.0`, version: `${version}.0` };
  });

/** A limit that the simulator has nothing to count for: it is there, and all of it is left. */
const untouched = (max: number) => ({ Max: max, Remaining: max });

/** Change events delivered to all subscribers. Source: REST API guide, limits. */
const deliveredEvents = ({ events }: Company) => {
  const max = events.settings.deliveryLimit ?? Number.MAX_SAFE_INTEGER;
  return { Max: max, Remaining: Math.max(0, max - events.delivered) };
};

/** Versions (open to everybody and not counted), the resources of a version, and what is left of the limits. */
export const discoveryRoutes = (company: Company): readonly Route[] => {
  const route = makeRoute(company);
  return [
    {
      method: 'GET',
      template: '/services/data',
      open: true,
      handle: () => ({ status: 200, body: versions() }),
    },
    route('GET', '', ({ base, call, actor }) => {
      const { organizationId } = company.directory;
      return {
        status: 200,
        body: {
          composite: `${base}/composite`,
          identity: `${call.request.origin}/id/${organizationId}/${actor.userId}`,
          limits: `${base}/limits`,
          query: `${base}/query`,
          queryAll: `${base}/queryAll`,
          sobjects: `${base}/sobjects`,
        },
      };
    }),
    route('GET', '/limits', () => {
      const { daily } = company.limits.settings.values;
      const max = daily ?? Number.MAX_SAFE_INTEGER;
      return {
        status: 200,
        body: {
          DailyApiRequests: { Max: max, Remaining: Math.max(0, max - company.limits.used) },
          DailyBulkApiBatches: untouched(15_000),
          DailyBulkV2QueryJobs: untouched(10_000),
          DailyDeliveredPlatformEvents: deliveredEvents(company),
          DataStorageMB: untouched(10_240),
          FileStorageMB: untouched(10_240),
        },
      };
    }),
  ];
};
