import { describe, expect, it } from 'vitest';
import { handOffAccount } from '../../../src/lifecycle/account/account.ts';
import { accountJson, accountText } from '../../../src/lifecycle/account/render.ts';
import type { AccountRows, AccountTransition } from '../../../src/lifecycle/account/rows.ts';
import { standingNow, standingsOf } from '../../../src/lifecycle/account/standing-now.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import { stages } from '../../../src/lifecycle/stage/stages.ts';
import { day, hour, makeHandOff, makeTransition, start } from './rows.ts';

const now = start + 5 * day;
const lead = (journey: number): string => `00Q00000000000${journey}`;

/** A person whose turn went through these stages after it began. */
const turnOf = (
  journey: number,
  to: readonly Stage[],
  more: { readonly turn?: number; readonly mode?: AccountTransition['mode']; readonly at?: number } = {},
): AccountRows => {
  const { turn = 1, at = start, mode = 'act' } = more;
  const common = { journey: String(journey), turn };
  return {
    transitions: [
      makeTransition({ ...common, at }),
      ...to.map((stage, step) =>
        makeTransition({
          ...{ ...common, mode, to: stage, at: at + (step + 1) * hour, effects: [], definition: null },
          ...{ from: 'sales-ready', cause: stage === 'working' ? 'touched' : 'sent-back' },
        }),
      ),
    ],
    handOffs: [
      makeHandOff({
        ...{ ...common, readyAt: at, handedAt: at + 1 },
        ...{ hubspot: String(100 + journey), salesforce: lead(journey) },
      }),
    ],
    touches: [],
    clocks: [],
  };
};

const accountOf = (...turns: readonly AccountRows[]) =>
  handOffAccount(
    {
      transitions: turns.flatMap(({ transitions }) => transitions),
      handOffs: turns.flatMap(({ handOffs }) => handOffs),
      touches: [],
      clocks: [],
    },
    now,
  );

describe('where somebody stands who was handed over', () => {
  it('is at most with sales and accepted, or with marketing again, whatever the stage', () => {
    const told = stages.map((stage) => [stage, standingsOf(stage)] as const);
    expect(told.filter(([, all]) => all.includes('accepted-now') && !all.includes('touched-now'))).toEqual(
      [],
    );
    expect(told.filter(([, all]) => all.includes('returned-now') && all.length > 1)).toEqual([]);
    expect(told.filter(([, all]) => all.length === 0).map(([stage]) => stage)).toEqual([
      'sales-ready',
      'sdr',
      'disqualified',
    ]);
    expect(standingsOf('a stage of somebody else')).toEqual([]);
  });

  it('is by the newest turn, and each record that stands elsewhere in a system is a difference', () => {
    const account = accountOf(
      turnOf(1, ['working']),
      turnOf(2, ['working', 'accepted']),
      turnOf(3, ['returned', 'nurture']),
      // Came back, and waits for the rep once more.
      turnOf(4, ['returned']),
      turnOf(4, [], { turn: 2, at: start + day }),
      // What was only observed shows nowhere.
      turnOf(5, ['returned'], { mode: 'observe' }),
    );
    const shown = (stagesOf: Readonly<Record<number, string>>, id: (journey: number) => string) =>
      Object.entries(stagesOf).map(([journey, stage]) => ({
        id: id(Number(journey)),
        stage,
        readyAt: start,
      }));
    const all = { 1: 'working', 2: 'accepted', 3: 'nurture', 4: 'sales-ready', 5: 'sales-ready' };
    const same = standingNow(account, {
      hubspot: shown(all, (journey) => String(100 + journey)),
      salesforce: shown(all, lead),
    });
    expect(same.map(({ term, count, theirs, differences }) => [term, count, theirs, differences])).toEqual([
      ['touched-now', 2, { hubspot: 2, salesforce: 2 }, []],
      ['accepted-now', 1, { hubspot: 1, salesforce: 1 }, []],
      ['returned-now', 1, { hubspot: 1, salesforce: 1 }, []],
    ]);
    const other = standingNow(account, {
      salesforce: shown({ ...all, 1: 'nurture', 9: 'accepted' }, lead),
    });
    const base = {
      system: 'salesforce',
      record: '1/1',
      theirs: 'nurture',
      ours: 'working',
      explained: false,
    };
    const stranger = { kind: 'extra', record: null, theirs: 'accepted', ours: null };
    const why = 'it is nurture there, working here';
    const unknown = 'it is accepted there, not in this account here';
    expect(other.flatMap(({ differences }) => differences)).toEqual([
      { ...base, term: 'touched-now', kind: 'missing', id: '00Q000000000001EAA', why },
      { ...base, ...stranger, term: 'touched-now', id: '00Q000000000009EAA', why: unknown },
      { ...base, ...stranger, term: 'accepted-now', id: '00Q000000000009EAA', why: unknown },
      { ...base, term: 'returned-now', kind: 'extra', id: '00Q000000000001EAA', why },
    ]);
    expect(accountText(account, [], other)).toContain(`As they stand now, by the newest turn of each:
  touched, and with sales 2 (Salesforce 2)
  accepted 1 (Salesforce 2)
  with marketing again 1 (Salesforce 2)`);
    expect(accountText(account, [], other)).toContain(
      '- Salesforce does not count 00Q000000000001EAA (1/1) as touched, and with sales: it is nurture there, working here',
    );
    expect(accountJson(account, [], other)).toMatchObject({
      now: [{ term: 'touched-now', count: 2, theirs: { hubspot: null, salesforce: 2 } }, {}, {}],
      differences: [{}, {}, {}, {}],
    });
  });

  it('is of a cohort by its newest turn, and by the date that the record shows', () => {
    const account = accountOf(
      turnOf(1, ['working']),
      turnOf(2, ['returned'], { at: start - 40 * day }),
      turnOf(2, ['working'], { turn: 2 }),
      turnOf(3, ['working'], { at: start - 40 * day }),
    );
    const cohort = { name: '2026-11', from: start - 30 * day, to: start + 30 * day };
    const shown = (at: number) =>
      [1, 2, 3].map((journey) => ({
        ...{ id: String(100 + journey), stage: 'working' },
        readyAt: journey === 1 ? at : journey === 2 ? start : start - 40 * day,
      }));
    const counts = (at: number) => standingNow(account, { hubspot: shown(at) }, { cohort })[0];
    expect(counts(start)).toMatchObject({ count: 2, theirs: { hubspot: 2 }, differences: [] });
    expect(counts(start - 40 * day)).toMatchObject({
      ...{ count: 2, theirs: { hubspot: 1 }, records: ['2/2', '1/1'] },
      differences: [
        {
          ...{ kind: 'missing', id: '101', explained: false },
          why: 'it shows 2026-09-23 09:00 UTC, and here the newest turn began 2026-11-02 09:00',
        },
      ],
    });
  });

  it('differs for a good reason where the person was erased', () => {
    const erased = { hubspot: new Set<string>(), salesforce: new Set([`${lead(7)}EAA`]) };
    const shown = { salesforce: [{ id: `${lead(7)}EAA`, stage: 'working', readyAt: start }] };
    const [touched] = standingNow(accountOf(), shown, { erased });
    expect(touched?.differences).toMatchObject([{ why: 'the person was erased here', explained: true }]);
  });
});
