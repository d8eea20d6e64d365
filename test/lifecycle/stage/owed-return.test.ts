import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import { type Fact, type FactKind, noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { brokenInvariants } from '../../../src/lifecycle/stage/invariants.ts';
import { type Journey, type Mode, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { stageToShow } from '../../../src/lifecycle/stage/observed.ts';
import { withOwed } from '../../../src/lifecycle/stage/owed.ts';
import { shownFields } from '../../../src/lifecycle/stage/shown-fields.ts';
import { makeDefinition } from '../shipped-files.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5, 9);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };
const fact = (kind: FactKind, days: number, extra: Partial<Fact> = {}): Fact => ({
  ...{ kind, key: `${kind}/${days}`, at: start + days * day, by: '005A' },
  ...extra,
});
const ready = (days: number): Fact =>
  fact('scored', days, {
    score: {
      ...{ score: 80, fit: 'A', engagement: 1, ready: { definition: '2026-1' } },
      newestAt: start + days * day,
    },
  });
/** A look on a day, as the worker takes it; `handing`: the mode of hand-offs. */
const look = (
  before: Journey,
  mode: Mode,
  onDay: number,
  events: readonly Fact[] = [],
  handing: Mode = 'act',
) => {
  const now = start + onDay * day;
  const definition = makeDefinition({ behaviours: { return: mode, 'hand-off': handing } });
  const result = advance(before, { events, record }, definition, now);
  expect(brokenInvariants({ before, facts: { events, record }, definition, now, result })).toEqual([]);
  const path = result.transitions.map(({ from, to, cause, mode: how, effects }) =>
    [`${from}>${to} ${cause} ${how}`, ...effects].join('+'),
  );
  return {
    journey: withOwed(result.journey, definition, true, now),
    path,
    last: result.transitions.at(-1) ?? null,
    definition,
  };
};

const working = look(newJourney('1', start), 'act', 2, [
  ready(1),
  fact('handed', 1, { to: 'rep', owner: '005B', at: start + day + 1 }),
  fact('touched', 2),
]).journey;
const givenBack = (reason: string | undefined, from = working) =>
  look(from, 'observe', 3, [fact('rejected', 3, reason === undefined ? {} : { reason })]);

describe('a return that was only observed', () => {
  it('is shown to nobody, however long it is observed', () => {
    const { journey } = look(givenBack('Not now').journey, 'observe', 30);
    expect([journey.stage, stageToShow(journey), journey.heldAt]).toEqual(['nurture', 'working', null]);
    expect(journey.owedReturn).toEqual(['return']);
  });

  it('is owed once returns act, held back, and made where they stand when it is let go', () => {
    const held = look(givenBack('Not now').journey, 'act', 30).journey;
    expect(held).toMatchObject({ stage: 'nurture', owedAt: start + 30 * day, heldAt: start + 30 * day });
    expect(stageToShow(held)).toBe('working');
    const { journey, path, last, definition } = look(held, 'act', 31, [fact('released', 31)]);
    expect(path).toEqual(['nurture>nurture released act+return']);
    expect(last).toMatchObject({ reason: 'Not now', turn: 1 });
    expect(journey).toMatchObject({
      ...{ owedReturn: [], owedAt: null, heldAt: null, observedReturn: false },
      // What the rep said stays of the day on which they said it.
      ...{ returnedAt: start + 3 * day, cooledAt: start + 63 * day, program: 'Nurture: later' },
    });
    expect(shownFields(journey, definition, null).hubspot).toMatchObject({
      ...{ tandem_stage: 'nurture', tandem_program: 'Nurture: later', tandem_return_reason: 'Not now' },
    });
    expect(look(journey, 'act', 32, [fact('released', 32)]).path).toEqual([]);
  });

  it('asks for the reason that was missing, ends the pipeline, or goes to another rep, as it would have', () => {
    const made = (reason: string | undefined) =>
      look(look(givenBack(reason).journey, 'act', 30).journey, 'act', 31, [fact('released', 31)]).path;
    expect(made(undefined)).toEqual(['nurture>nurture released act+return+ask-reason']);
    expect(made('Is a competitor or job seeker')).toEqual(['disqualified>disqualified released act+return']);
    expect(made('Bad data')).toEqual(['returned>returned released act+return']);
    expect(made('Wrong territory')).toEqual(['sales-ready>sales-ready released act+re-route']);
  });

  it('is not made for whom a rep took up again, or who came forward', () => {
    const observed = givenBack('No budget').journey;
    const taken = look(observed, 'act', 4, [fact('touched', 4)]).journey;
    expect(taken).toMatchObject({ stage: 'working', owedReturn: [], heldAt: null });
    const held = look(observed, 'act', 30).journey;
    const asked = look(held, 'act', 31, [fact('asked', 31)]);
    expect(asked.path).toEqual(['nurture>sales-ready asked act+hand-off']);
    expect(asked.journey).toMatchObject({ owedReturn: [], owedAt: null, heldAt: null });
    expect(look(asked.journey, 'act', 32, [fact('released', 32)]).path).toEqual([]);
  });

  it('of a hand-off that nobody made is none', () => {
    const waiting = look(newJourney('2', start), 'observe', 1, [ready(1)], 'observe').journey;
    const cold = withOwed(waiting, makeDefinition(), false, start + 2 * day);
    const gone = look({ ...cold, heldAt: null }, 'act', 40);
    expect(gone.path).toEqual([
      'sales-ready>returned stalled observe+return',
      'returned>nurture placed observe',
    ]);
    expect(gone.journey).toMatchObject({ owedReturn: [], heldAt: null });
  });

  it('is not held back any more when returns are only observed again', () => {
    const held = look(givenBack('Not now').journey, 'act', 30).journey;
    expect(look(held, 'observe', 31).journey).toMatchObject({ owedAt: null, heldAt: null });
  });

  it('of a journey from before it was kept is known by what nobody was to see', () => {
    const { owedReturn: _, ...old } = givenBack('Not now').journey;
    const held = look(old, 'act', 30).journey;
    expect(held.heldAt).toBe(start + 30 * day);
    expect(look(held, 'act', 31, [fact('released', 31)]).path).toEqual([
      'nurture>nurture released act+return',
    ]);
  });
});
