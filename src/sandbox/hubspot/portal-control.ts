import * as z from 'zod';
import { ControlError, type ControlRoute } from '../core/system.ts';
import { portalSettings } from './portal-settings.ts';
import { type HubspotState, sources } from './state.ts';
import { purgeRecord, restoreRecord } from './write/archive.ts';

const binSchema = z.strictObject({
  object: z.string(),
  restore: z.array(z.string()).default([]),
  purge: z.array(z.string()).default([]),
});

/** What people do in the web page alone: settings of the portal, and the recycle bin (restore, or the end of its 90 days). */
export const portalControl = (state: HubspotState): readonly ControlRoute[] => [
  { method: 'GET', template: '/portal', handle: () => state.settings },
  {
    method: 'POST',
    template: '/portal',
    handle: (body) => {
      const change = portalSettings.partial().parse(body);
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      state.settings = { ...state.settings, ...Object.fromEntries(given) };
      return state.settings;
    },
  },
  {
    method: 'POST',
    template: '/recycle-bin',
    handle: (body) => {
      const { object, restore, purge } = binSchema.parse(body);
      const store = state.find(object);
      if (store === undefined) throw new ControlError('object', `${object} is not an object here`);
      const change = { source: sources.person, at: state.clock.now() };
      const archived = (id: string, place: string) => {
        const record = store.get(id);
        if (record === undefined || record.archivedAt === null)
          throw new ControlError(place, `${id} is not in the recycle bin`);
        return record;
      };
      for (const id of restore) {
        const why = restoreRecord(state, store, archived(id, 'restore'), change);
        if (why !== null) throw new ControlError('restore', `${id}: ${why}`);
      }
      for (const id of purge) purgeRecord(state, store, archived(id, 'purge'), change);
      return { restored: restore.length, purged: purge.length };
    },
  },
];
