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

const ownersSchema = z.strictObject({
  archive: z.array(z.string()).default([]),
  restore: z.array(z.string()).default([]),
});

/** What people do in the web page alone: settings of the portal, users who go and come back, and the recycle bin (restore, or the end of its 90 days). */
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
    template: '/owners',
    handle: (body) => {
      const { archive, restore } = ownersSchema.parse(body);
      for (const [place, ids] of Object.entries({ archive, restore })) {
        const unknown = ids.find((id) => !state.isOwner(id));
        if (unknown !== undefined) throw new ControlError(place, `${unknown} is not an owner here`);
      }
      // Records go on naming an owner who has left: deactivating a user gives them to nobody else.
      state.owners = state.owners.map((owner) => ({
        ...owner,
        archived: archive.includes(owner.id) || (owner.archived && !restore.includes(owner.id)),
      }));
      return { archived: state.owners.filter(({ archived }) => archived).map(({ id }) => id) };
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
