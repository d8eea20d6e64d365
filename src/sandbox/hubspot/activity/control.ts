import type { ControlRoute } from '../../core/system.ts';
import type { HubspotState } from '../state.ts';
import { recordActivity } from './record-activity.ts';

/** What visitors do. Answers `{applied, ignored, results: [{status, contactId, reason?}]}`, the results in the order of the entries. */
export const activityControl = (state: HubspotState): readonly ControlRoute[] => [
  {
    method: 'POST',
    template: '/activity',
    handle: (body) => {
      const results = recordActivity(state, body);
      const ignored = results.filter((result) => result.status === 'ignored').length;
      return { applied: results.length - ignored, ignored, results };
    },
  },
];
