import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFile } from '../../../src/lifecycle/config/check-file.ts';
import { routingKind } from '../../../src/lifecycle/config/files.ts';
import type {
  Directory,
  Rep,
  RouteRequest,
  RoutingModel,
  RoutingState,
} from '../../../src/lifecycle/routing/model.ts';
import { type Routed, route } from '../../../src/lifecycle/routing/route.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import { alwaysOpen, makeCalendar } from '../calendar/calendars.ts';

const now = Date.parse('2026-06-01T10:00Z');
const queue = '00G000000000001AAA';
const idOf = (name: string): string => `005${name.padStart(12, '0')}AAA`;

const modelOf = (text: string): RoutingModel => {
  const head = `version: '1'\nby: tandem\nfallback: { queue: ${queue} }\n`;
  const { built, findings } = checkFile(routingKind, {
    file: 'routing.yaml',
    text: text.includes('by:') ? text : head + text,
  });
  if (built === null) throw new Error(formatFindings(findings));
  return built;
};

const makeRep = (name: string, overrides: Partial<Rep> = {}): Rep => ({
  id: idOf(name),
  active: true,
  calendar: alwaysOpen(),
  absences: [],
  openLeads: 0,
  ...overrides,
});
const makeDirectory = (...reps: readonly Rep[]): Directory => ({
  reps: new Map(reps.map((rep) => [rep.id, rep])),
  queues: new Map([[queue, ['Lead']]]),
});
const makeRequest = (overrides: Partial<RouteRequest> = {}): RouteRequest => ({
  record: 'Lead',
  names: { contact: { country: 'DE' }, email: { domain: 'acme.com' }, fit: 'A' },
  purpose: 'hand-off',
  owner: null,
  accountOwner: null,
  sameRep: null,
  refusedBy: new Set(),
  reroutes: 0,
  ...overrides,
});

const model = modelOf(`
rules:
  - { kind: named-account, name: Acme, when: email.domain == 'acme.com', owner: ${idOf('acme')} }
  - { kind: territory, name: DACH, when: "contact.country in ['DE', 'AT']", pool: dach }
pools:
  dach: { members: [{ owner: ${idOf('a')} }, { owner: ${idOf('b')} }] }
  rest: { members: [{ owner: ${idOf('c')}, per-day: 1 }] }
otherwise: rest
`);
const away = [{ from: now - 1, to: now + 1 }];
const said = ({ lines }: Routed): string =>
  lines
    .map(
      ({ step, owner, outcome }) =>
        `${step}${owner === null ? '' : ` ${owner.slice(3, 15).replace(/^0+/, '')}`}: ${outcome}`,
    )
    .join(' · ');
const all = makeDirectory(makeRep('acme'), makeRep('a'), makeRep('b'), makeRep('c'), makeRep('d'));
const go = (
  overrides: Partial<RouteRequest> = {},
  directory = all,
  state: RoutingState = {},
  rules = model,
): Routed => route(makeRequest(overrides), rules, directory, state, now);
const anybody = { names: { contact: { country: 'DE' }, email: { domain: 'x.com' } } };

describe('the way to an owner', () => {
  it('named account, then territory, then the pool for everybody else; each step explained', () => {
    expect(go().decision).toEqual({ kind: 'owner', id: idOf('acme'), stage: 'rep', kept: false });
    expect(said(go(anybody))).toBe('named-account: does-not-hold · territory DACH a: taken');
    expect(said(go({ names: {} }))).toBe(
      'named-account: does-not-hold · territory: does-not-hold · otherwise c: taken',
    );
  });

  it('an owner set by a person stays, before everything and even where owners are routed anew', () => {
    const anew = modelOf(
      `version: '1'\nby: salesforce-assignment-rules\nexisting-owner: route\nfallback: { queue: ${queue} }`,
    );
    const owner = { id: idOf('d'), by: 'person' as const };
    expect(go({ owner, accountOwner: idOf('c') }, all, {}, anew).decision).toMatchObject({
      id: idOf('d'),
      kept: true,
    });
    expect(go({ owner: { ...owner, by: 'system' } }, all, {}, anew).decision.kind).toBe('assignment-rules');
    expect(go({ owner: { ...owner, by: 'system' } }).decision).toMatchObject({ id: idOf('d'), kept: true });
    expect(
      go({ owner }, makeDirectory(makeRep('acme'), makeRep('d', { absences: away }))).decision,
    ).toMatchObject({ id: idOf('d') });
  });

  it('never an inactive user, whoever set them', () => {
    const directory = makeDirectory(
      makeRep('d', { active: false }),
      makeRep('acme', { active: false }),
      makeRep('b'),
    );
    const routed = go({ owner: { id: idOf('d'), by: 'person' }, accountOwner: idOf('gone') }, directory);
    expect(said(routed)).toBe(
      'existing owner d: inactive · account owner gone: not-there · named-account acme: inactive · territory DACH a: not-there · territory DACH b: taken',
    );
  });

  it("the account's owner, and the rep who asked to have them back", () => {
    expect(go({ accountOwner: idOf('c') }).decision).toMatchObject({ id: idOf('c') });
    expect(go({ accountOwner: idOf('c'), sameRep: idOf('d') }).decision).toMatchObject({ id: idOf('d') });
  });

  it('another rep: not the one who gave the lead away, and after three the queue', () => {
    const refused = {
      ...anybody,
      purpose: 're-route' as const,
      owner: { id: idOf('a'), by: 'tandem' as const },
      refusedBy: new Set([idOf('a')]),
    };
    expect(go({ ...refused, reroutes: 1 }).decision).toMatchObject({ id: idOf('b') });
    expect(go({ ...refused, reroutes: 4 }).decision).toEqual({ kind: 'queue', id: queue });
    expect(
      go({ purpose: 'account-owner', accountOwner: idOf('c'), owner: { id: idOf('a'), by: 'person' } })
        .decision,
    ).toMatchObject({ id: idOf('c') });
  });

  it('everyone away: the next rule, the pool for the rest, then the queue; no queue: held, never lost', () => {
    const gone = makeDirectory(
      makeRep('a', { absences: away }),
      makeRep('b', { active: false }),
      makeRep('c', { absences: away }),
    );
    expect(go(anybody, gone).decision).toEqual({ kind: 'queue', id: queue });
    expect(go(anybody, { ...gone, queues: new Map() }).decision).toEqual({ kind: 'held' });
    expect(go(anybody, makeDirectory()).decision.kind).toBe('queue');
  });

  it('a queue has what it can own: of a contact whom nobody can take, and of a queue without leads, a person decides', () => {
    const nobody = makeDirectory();
    const held = go({ ...anybody, record: 'Contact' }, nobody);
    expect([held.decision, held.lines.at(-1)]).toEqual([
      { kind: 'held' },
      { step: 'fallback', name: null, owner: queue, outcome: 'cannot-own' },
    ]);
    expect(go(anybody, { ...nobody, queues: new Map([[queue, ['Task']]]) }).decision).toEqual({
      kind: 'held',
    });
    expect(go(anybody, { ...nobody, queues: new Map([[queue, null]]) }).decision.kind).toBe('queue');
  });

  it("the org's rules take leads alone: a contact stays with who is there, and is held where nobody is", () => {
    const byOrg = modelOf(`version: '1'\nby: salesforce-assignment-rules\nfallback: { queue: ${queue} }`);
    const owner = { id: idOf('a'), by: 'tandem' as const };
    const ask = (overrides: Partial<RouteRequest>): unknown =>
      go({ purpose: 're-route', ...overrides }, all, {}, byOrg).decision;
    expect([
      ask({ owner: null }),
      ask({ owner, record: 'Contact' }),
      ask({ owner: null, record: 'Contact' }),
      ask({ owner: { ...owner, id: idOf('nobody') }, record: 'Contact' }),
    ]).toEqual([
      { kind: 'assignment-rules' },
      { kind: 'assignment-rules' },
      { kind: 'held' },
      { kind: 'held' },
    ]);
  });

  it('caps: a day of the rep, and open leads', () => {
    const first = go({ names: {} });
    expect(said(go({ names: {} }, all, first.state))).toContain('otherwise c: enough-today');
    const tomorrow = route(makeRequest({ names: {} }), model, all, first.state, now + 86_400_000);
    expect(tomorrow.decision).toMatchObject({ id: idOf('c') });
    const full = modelOf(`pools: { p: { members: [{ owner: ${idOf('a')}, open: 5 }] } }\notherwise: p`);
    expect(said(go({}, makeDirectory(makeRep('a', { openLeads: 5 })), {}, full))).toContain('a: full');
  });

  it('who works now comes first; where nobody does, whoever has the turn takes it', () => {
    const shut = makeCalendar({ hours: { 7: [{ from: 0, to: 60 }] } });
    expect(said(go(anybody, makeDirectory(makeRep('a', { calendar: shut }), makeRep('b'))))).toContain(
      'a: closed · territory DACH b: taken',
    );
    expect(
      said(go(anybody, makeDirectory(makeRep('a', { calendar: shut }), makeRep('b', { calendar: shut })))),
    ).toContain('a: taken');
  });

  it('SDRs first at a hand-off, reps after it', () => {
    const rules = modelOf(
      `pools: { sdrs: { members: [{ owner: ${idOf('s')} }] }, p: { members: [{ owner: ${idOf('a')} }] } }\notherwise: p\nsdr: { pool: sdrs, when: fit != 'A' }`,
    );
    const directory = makeDirectory(makeRep('s'), makeRep('a'));
    const stageOf = (overrides: Partial<RouteRequest>) => go(overrides, directory, {}, rules).decision;
    expect(stageOf({ names: { fit: 'B' } })).toMatchObject({ id: idOf('s'), stage: 'sdr' });
    expect(stageOf({ names: { fit: 'B' }, purpose: 'hand-on' })).toMatchObject({
      id: idOf('a'),
      stage: 'rep',
    });
    expect(stageOf({ names: { fit: 'A' } })).toMatchObject({ id: idOf('a'), stage: 'rep' });
  });

  it('another router or the org decides where the file says so', () => {
    const by = (name: string): string =>
      go({}, all, {}, modelOf(`version: '1'\nby: ${name}\nfallback: { queue: ${queue} }`)).decision.kind;
    expect([by('external'), by('salesforce-assignment-rules')]).toEqual(['external', 'assignment-rules']);
  });
});

describe('fairness', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 });
  const poolOf = (list: readonly number[]): RoutingModel =>
    modelOf(
      `pools: { p: { members: [${list.map((weight, index) => `{ owner: ${idOf(String(index))}, weight: ${weight} }`).join(', ')}] } }\notherwise: p`,
    );

  it('under interleaved hand-offs: everybody gets their share, within one lead for each other member', () => {
    // Workers read the state, decide, and write only if nobody wrote meanwhile: as the store does.
    const schedule = fc.array(fc.nat(3), { minLength: 20, maxLength: 300 });
    fc.assert(
      fc.property(weights, schedule, (list, steps) => {
        const rules = poolOf(list);
        const directory = makeDirectory(...list.map((_, index) => makeRep(String(index))));
        const stored = { state: {} as RoutingState, version: 0 };
        const counts = new Map<string, number>();
        const reads: ({ readonly routed: Routed; readonly version: number } | null)[] = [
          null,
          null,
          null,
          null,
        ];
        for (const worker of steps) {
          const read = reads[worker] ?? null;
          if (read === null) {
            reads[worker] = { routed: go({}, directory, stored.state, rules), version: stored.version };
            continue;
          }
          reads[worker] = null;
          const { decision, state } = read.routed;
          if (read.version !== stored.version || decision.kind !== 'owner') continue;
          stored.state = state;
          stored.version += 1;
          counts.set(decision.id, (counts.get(decision.id) ?? 0) + 1);
        }
        const total = list.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of list.entries()) {
          const share = (stored.version * weight) / total;
          expect(Math.abs((counts.get(idOf(String(index))) ?? 0) - share)).toBeLessThanOrEqual(
            Math.max(1, list.length - 1),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('who was away is given none meanwhile, and is not flooded after', () => {
    fc.assert(
      fc.property(
        weights.filter((list) => list.length > 1),
        fc.nat(60),
        (list, missed) => {
          const rules = poolOf(list);
          const rep = (index: number, isAway: boolean): Rep =>
            makeRep(String(index), isAway ? { absences: away } : {});
          const take = (
            state: RoutingState,
            count: number,
            isAway: boolean,
          ): { state: RoutingState; mine: number } => {
            let [current, mine] = [state, 0];
            const directory = makeDirectory(...list.map((_, index) => rep(index, index === 0 && isAway)));
            for (let taken = 0; taken < count; taken += 1) {
              const routed = go({}, directory, current, rules);
              current = routed.state;
              if (routed.decision.kind === 'owner' && routed.decision.id === idOf('0')) mine += 1;
            }
            return { state: current, mine };
          };
          const gone = take({}, missed, true);
          expect(gone.mine).toBe(0);
          const total = list.reduce((sum, weight) => sum + weight, 0);
          const back = take(gone.state, total, false);
          expect(Math.abs(back.mine - (list[0] ?? 0))).toBeLessThanOrEqual(Math.max(1, list.length - 1));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('no inactive, absent or full member ever gets a lead', () => {
    const trouble = fc.constantFrom('none', 'inactive', 'absent', 'full');
    fc.assert(
      fc.property(
        fc.array(trouble, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        (troubles, leads) => {
          const members = troubles.map((_, index) => `{ owner: ${idOf(String(index))}, open: 3 }`).join(', ');
          const rules = modelOf(`pools: { p: { members: [${members}] } }\notherwise: p`);
          const directory = makeDirectory(
            ...troubles.map((name, index) =>
              makeRep(String(index), {
                active: name !== 'inactive',
                absences: name === 'absent' ? away : [],
                openLeads: name === 'full' ? 3 : 0,
              }),
            ),
          );
          let state: RoutingState = {};
          for (let lead = 0; lead < leads; lead += 1) {
            const routed = go({}, directory, state, rules);
            ({ state } = routed);
            const { decision } = routed;
            if (decision.kind === 'owner')
              expect(
                troubles.findIndex((name, index) => name === 'none' && idOf(String(index)) === decision.id),
              ).not.toBe(-1);
            else expect(troubles).not.toContain('none');
          }
        },
      ),
    );
  });
});
