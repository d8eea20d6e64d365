import type { Doom } from '../chaos/mortal.ts';
import type { VirtualCompany } from './company.ts';
import type { Consents } from './consents.ts';
import type { Deals } from './deals.ts';
import type { Erasures } from './erasures.ts';
import type { Firms } from './firms.ts';
import type { Persons } from './persons.ts';
import type { Step } from './scenario.ts';

export type StandstillStep = Extract<Step['what'], { kind: 'standstill' }>;

/** Who and what the steps of a scenario are about. */
export interface World {
  readonly persons: Persons;
  readonly consents: Consents;
  readonly erasures: Erasures;
  readonly firms: Firms;
  readonly deals: Deals;
  readonly company: VirtualCompany;
  sleep(ms: number): Promise<void>;
  /** One worker is killed and another takes its place. */
  replace(doom: Doom | null): Promise<void>;
  standStill(step: StandstillStep): void;
}

/** Does what a step says. */
export const act = async (
  what: Step['what'],
  { persons, consents, erasures, firms, deals, company, sleep, replace, standStill }: World,
): Promise<void> => {
  switch (what.kind) {
    case 'edit':
      return persons.edit(what.side, what.who, what.field);
    case 'overlong':
      return persons.overlong(what.who);
    case 'clear':
      return persons.clear(what.side, what.who, what.field);
    case 'both':
      await Promise.all(
        (['hubspot', 'salesforce'] as const).map((side) => persons.edit(side, what.who, what.field)),
      );
      return;
    case 'enter':
      return persons.enter({
        contact: what.side === 'hubspot',
        lead: what.side === 'salesforce',
        differs: false,
        bare: false,
      });
    case 'double':
      return persons.double(what.side, what.who);
    case 'remove':
      return persons.remove(what.side, what.who, what.thenField, () => sleep(20_000));
    case 'cross':
      return persons.cross(what.side, what.who, what.field, what.removes);
    case 'merge':
      return persons.merge(what.side, what.who, what.other, what.thenField);
    case 'undelete':
      return persons.undelete(what.thenField);
    case 'convert':
      return persons.convert(
        what.who,
        { side: what.meanwhileSide, field: what.meanwhileField },
        { side: what.thenSide, field: what.thenField },
      );
    case 'sayNo':
      return consents.sayNo(what.side, what.who, what.what);
    case 'takeBack':
      return consents.takeBack(what.side, what.which, (ms) => sleep(ms));
    case 'erase':
      return erasures.erase(what.who, what.thenField, () => sleep(20_000));
    case 'firmEnter':
      return firms.enter({
        ...{ company: what.side === 'hubspot', account: what.side === 'salesforce', differs: false },
      });
    case 'firmEdit':
      return firms.edit(what.side, what.who, what.field);
    case 'firmClear':
      return firms.clear(what.side, what.who, what.field);
    case 'firmDouble':
      return firms.double(what.side, what.who);
    case 'firmRemove':
      await firms.remove(what.side, what.who);
      return deals.noteTaken();
    case 'firmMerge':
      return firms.merge(what.side, what.who, what.other);
    case 'employ':
      return firms.employ(what.side, what.who, what.where);
    case 'dismiss':
      return firms.dismiss(what.side, what.who);
    case 'dealEnter':
      return deals.enter({
        ...{ hubspot: what.side === 'hubspot', salesforce: what.side === 'salesforce', differs: false },
        ...{ bare: what.bare, place: what.place },
      });
    case 'dealEdit':
      return deals.edit(what.side, what.who, what.field);
    case 'dealClear':
      return deals.clear(what.side, what.who, what.field);
    case 'dealBoth':
      await Promise.all(
        (['hubspot', 'salesforce'] as const).map((side) => deals.edit(side, what.who, what.field)),
      );
      return;
    case 'dealMove':
      return deals.place(what.side, what.who, what.to);
    case 'dealMoveBoth':
      await Promise.all([
        deals.place('hubspot', what.who, what.to),
        deals.place('salesforce', what.who, what.there),
      ]);
      return;
    case 'dealRemove':
      return deals.remove(what.side, what.who, what.thenField, () => sleep(20_000));
    case 'dealMerge':
      return deals.merge(what.who, what.other);
    case 'dealUndelete':
      return deals.undelete(what.thenField);
    case 'dealCross':
      return deals.cross(what.side, what.who, what.field, what.removes);
    case 'dealAssign':
      return deals.assign(what.side, what.who, what.where);
    case 'dealEngage':
      return deals.engage(what.side, what.who, what.person);
    case 'dealRelease':
      return deals.release(what.side, what.who, what.person);
    case 'break':
      return company.control('salesforce', 'streaming', {
        disconnect: true,
        ...(what.forgets ? { expireReplay: true } : {}),
      });
    case 'standstill':
      return standStill(what);
    case 'kill':
      return replace(null);
    case 'doom':
      return replace({ atCall: what.afterCalls, when: what.when, how: 'death' });
  }
};
