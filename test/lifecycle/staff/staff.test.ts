import { describe, expect, it } from 'vitest';
import type { StaffSources } from '../../../src/lifecycle/run/staff-book.ts';
import { makeStaffBook } from '../../../src/lifecycle/run/staff-book.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import { isNobody, isPerson, makeStaff } from '../../../src/lifecycle/staff/staff.ts';
import { CallFailed } from '../../../src/model/failure.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { makeCalendar } from '../calendar/calendars.ts';

const book = makeCalendarBook({
  calendars: new Map([
    ['office', makeCalendar()],
    ['nights', makeCalendar({ zone: 'America/New_York' })],
  ]),
  defaultCalendar: 'office',
  reps: new Map([['005N', 'nights']]),
});
const makeOwner = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name: `Rep ${id}`, email: null, active: true, owns: null },
  ...more,
});
const iso = (at: number | undefined): string => new Date(at ?? Number.NaN).toISOString();

describe('the staff', () => {
  it("the default's hours count by the clock of the rep's own zone, unless the file names a calendar", () => {
    const owners = [makeOwner('005T', { zone: 'Asia/Tokyo' }), makeOwner('005N', { zone: 'Asia/Tokyo' })];
    const staff = makeStaff(owners, [], book);
    expect(staff.calendarOf('005T').zone).toBe('Asia/Tokyo');
    expect(staff.calendarOf('005N').zone).toBe('America/New_York');
    expect(staff.calendarOf(null).zone).toBe('Europe/Berlin');
    expect(staff.calendarOf('a stranger').zone).toBe('Europe/Berlin');
  });

  it('an absence is whole days of the zone of whoever is away', () => {
    const away = { owner: '005T', firstDay: '2026-12-24', lastDay: '2026-12-24' };
    const span = (zone: string) => {
      const [{ from, to } = { from: Number.NaN, to: Number.NaN }] = makeStaff(
        [makeOwner('005T', { zone })],
        [away],
        book,
      ).absencesOf('005T');
      return `${iso(from)} ${iso(to)}`;
    };
    expect(span('Asia/Tokyo')).toBe('2026-12-23T15:00:00.000Z 2026-12-24T15:00:00.000Z');
    expect(span('No/Where')).toBe('2026-12-23T23:00:00.000Z 2026-12-24T23:00:00.000Z');
  });

  it('a manager who left is nobody to be told', () => {
    const owners = [
      makeOwner('005A', { manager: '005M' }),
      makeOwner('005B', { manager: '005L' }),
      makeOwner('005M'),
      makeOwner('005L', { active: false }),
    ];
    const { managerOf } = makeStaff(owners, [], book);
    expect(managerOf('005A')?.id).toBe('005M');
    expect(managerOf('005B')).toBeNull();
    expect(managerOf('005M')).toBeNull();
  });

  it('only active people without a known zone are told of', () => {
    const owners = [
      makeOwner('005A', { zone: 'Mars/Olympus' }),
      makeOwner('005B', { zone: 'Mars/Olympus', active: false }),
      makeOwner('005C', { zone: 'Mars/Olympus', isTandem: true }),
      makeOwner('005E', { zone: 'Mars/Olympus', isMachine: true }),
      makeOwner('005N', { zone: 'Mars/Olympus' }),
      makeOwner('005D'),
    ];
    expect(makeStaff(owners, [], book).withoutZone.map(({ id }) => id)).toEqual(['005A']);
  });
});

const failure = (code: string, category: 'permission' | 'unavailable') =>
  new CallFailed({ category, system: 'salesforce', code, message: 'no', fields: [] });

const makeSources = (
  more: Partial<StaffSources>,
): { readonly sources: StaffSources; readonly raised: Set<string>; readonly saved: string[] } => {
  const raised = new Set<string>();
  const saved: string[] = [];
  const sources: StaffSources = {
    owners: async () => [makeOwner('005A')],
    automations: new Set(),
    absences: async () => [],
    book,
    save: async (owners) => void saved.push(owners),
    problems: {
      raiseProblem: async ({ key }) => void raised.add(key),
      clearProblem: async (key) => void raised.delete(key),
    },
    now: async () => Date.parse('2026-11-30T12:00Z'),
    ...more,
  };
  return { sources, raised, saved };
};

describe('who is a person', () => {
  it('is neither a queue nor Tandem, nor a user of whom Salesforce or sla.yaml says that nobody is behind it', async () => {
    const { sources, saved } = makeSources({
      owners: async () => [
        makeOwner('005A'),
        makeOwner('00GQ', { kind: 'queue' }),
        makeOwner('005T', { isTandem: true }),
        makeOwner('005P', { isMachine: true }),
        makeOwner('005S'),
      ],
      automations: new Set(['005S']),
    });
    const { owners } = await makeStaffBook(sources)();
    expect([...owners.values()].filter(isPerson).map(({ id }) => id)).toEqual(['005A']);
    expect([...owners.values()].filter(isNobody).map(({ id }) => id)).toEqual(['005T', '005P', '005S']);
    // Whoever asks the store alone knows it, too.
    expect(saved[0]).toContain('"isMachine":true');
  });
});

describe('the book of the staff', () => {
  it('asks once in ten minutes, and keeps who is there for those who ask the store alone', async () => {
    let asked = 0;
    const { sources, saved } = makeSources({
      owners: async () => {
        asked += 1;
        return [makeOwner('005A')];
      },
    });
    const staff = makeStaffBook(sources);
    expect(await staff()).toBe(await staff());
    expect(asked).toBe(1);
    expect(saved.map((text) => JSON.parse(text) as unknown)).toEqual([[makeOwner('005A')]]);
  });

  it('a zone that nobody knows is a problem until it is mended', async () => {
    let zone = 'Mars/Olympus';
    const { sources, raised } = makeSources({ owners: async () => [makeOwner('005A', { zone })] });
    await makeStaffBook(sources)();
    expect([...raised]).toEqual(['lifecycle:zones']);
    zone = 'Europe/Rome';
    await makeStaffBook(sources)();
    expect([...raised]).toEqual([]);
  });

  it('events that may not be read are a problem and no obstacle; a vendor who is away is one', async () => {
    const hidden = makeSources({
      absences: async () => Promise.reject(failure('INSUFFICIENT_ACCESS', 'permission')),
    });
    expect((await makeStaffBook(hidden.sources)()).absencesOf('005A')).toEqual([]);
    expect([...hidden.raised]).toEqual(['lifecycle:absences']);
    const away = makeSources({
      absences: async () => Promise.reject(failure('ECONNREFUSED', 'unavailable')),
    });
    await expect(makeStaffBook(away.sources)()).rejects.toThrow();
  });
});
