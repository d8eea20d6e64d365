import { z } from 'zod';
import type { CallContext, DailyQuota } from '../../../model/budget.ts';
import { CallFailed } from '../../../model/failure.ts';
import type { Api } from '../api.ts';

const limitsSchema = z.looseObject({
  DailyDeliveredPlatformEvents: z
    .looseObject({ Max: z.number().int().min(0), Remaining: z.number().int() })
    .optional()
    .catch(undefined),
});

/**
 * How many change events all subscribers of the company may get in 24 hours, and have got (REST API guide, limits). Null where the
 * user lacks "View Setup and Configuration", or the edition has no such allocation.
 * @throws CallFailed when Salesforce cannot be asked
 */
export const eventQuota = async (api: Api, context: CallContext): Promise<DailyQuota | null> => {
  try {
    const { body } = await api.read(context, { method: 'GET', path: '/limits' }, limitsSchema);
    const events = body.DailyDeliveredPlatformEvents;
    return events === undefined
      ? null
      : { limit: events.Max, used: Math.max(0, events.Max - events.Remaining) };
  } catch (error) {
    if (error instanceof CallFailed && error.failure.category === 'permission') return null;
    throw error;
  }
};
