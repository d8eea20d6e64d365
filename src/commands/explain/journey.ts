import { toClock, toOwners } from '../../lifecycle/run/rows.ts';
import type { Store } from '../../store/open-store.ts';
import { iso } from '../with-store.ts';
import { routeOf, routeWords } from './route.ts';

/** What is kept of a journey, as far as `explain` shows it; the state is the lifecycle's own JSON. */
interface State {
  readonly journey: {
    readonly since: number;
    readonly definition: string | null;
    readonly reason: string | null;
    readonly program: string | null;
    readonly cooledAt: number | null;
    readonly recontactAt: number | null;
    /** Absent in journeys of before it was kept. */
    readonly heldUntil?: number | null;
    /** Absent in journeys of before there was a first start. */
    readonly heldAt?: number | null;
  };
  /** The contact as the last look read it. */
  readonly contact: { readonly fields: Readonly<Record<string, unknown>> } | null;
  readonly told: {
    readonly score: number;
    readonly fit: string;
    readonly engagement: number;
    readonly ready: string | null;
    /** Of scoring.yaml; absent in scores of before it was kept. */
    readonly version?: string;
  } | null;
}

/** The name of a clock's step by its key. */
const stepName = (key: string): string => key.split('/').at(-1) ?? key;

const time = (at: number | null): string | null => (at === null ? null : iso(at));

/** Where somebody stands in the lifecycle, how they came there, and what is under way; null where nothing is known. */
export const journeyOf = async ({ lifecycle }: Pick<Store, 'lifecycle'>, contactIds: readonly string[]) => {
  const [row] = (await lifecycle.journeys(contactIds)).values();
  if (row === undefined) return null;
  const { journey, contact, told } = JSON.parse(row.state) as State;
  const [transitions, effects, feedback, recommended, staff, clocks] = await Promise.all([
    lifecycle.transitions([row.id]),
    lifecycle.effectsOf([row.id]),
    lifecycle.feedback([row.id]),
    lifecycle.recommendedOf([row.id]),
    lifecycle.staff(),
    lifecycle.clocks([row.id]),
  ]);
  const names = new Map(toOwners(staff).map(({ id, name }) => [id, name]));
  const ordered = new Set(effects.map(({ key }) => key));
  return {
    contactId: row.contactId,
    stage: row.stage,
    since: iso(journey.since),
    turn: row.turn,
    owner: row.owner,
    definition: journey.definition,
    reason: journey.reason,
    program: journey.program,
    /** Whether they were taken out of campaigns on request, and are put on no list by themselves. */
    suppressed: String(contact?.fields.tandem_suppressed ?? '') === 'true',
    coolsUntil: time(journey.cooledAt),
    recontactOn: time(journey.recontactAt),
    heldUntil: time(journey.heldUntil ?? null),
    heldSince: time(journey.heldAt ?? null),
    score: told,
    transitions: (transitions.get(row.id) ?? []).map(({ at, ...transition }) => ({
      at: iso(at),
      ...transition,
      /** Null: it was no user of Salesforce, or one that is no longer known. */
      byName: names.get(transition.by) ?? null,
    })),
    /** What was waited for, whose, and by which version of sla.yaml; of its steps those that were only observed, which have no order: nobody was told. */
    clocks: clocks.map((clock) => {
      const { kind, turn, owner, dueAt, doneAt, stepsDone } = clock;
      const { startedAt, version = null } = toClock(clock);
      const steps = stepsDone.map(stepName);
      const observed = stepsDone.filter((key) => !ordered.has(key)).map(stepName);
      const times = { startedAt: iso(startedAt), dueAt: time(dueAt), doneAt: time(doneAt) };
      return { clock: kind, turn, owner, ...times, steps, observed, version };
    }),
    /** What reps say now, of each record. */
    feedback: (feedback.get(row.id) ?? []).flatMap(({ record, kind, value, at, owner }) =>
      value === null ? [] : [{ at: iso(at), record, kind, value, owner }],
    ),
    /** Content that was recommended, on which record, from when to when. */
    content: recommended.map(({ journeyId: _, at, until, ...each }) => ({
      at: iso(at),
      until: time(until),
      ...each,
    })),
    effects: effects.map(({ key: _key, at, doneAt, route: text, ...effect }) => {
      const route = routeOf(text);
      // Why this owner: the decision with each step of the way to it, and the same in words.
      const why = route === null ? null : { ...route, words: routeWords(route, names) };
      return { at: iso(at), doneAt: time(doneAt), ...effect, route: why };
    }),
  };
};

type Shown = NonNullable<Awaited<ReturnType<typeof journeyOf>>>;

/** Where marketing has them, and until when. */
const waitWords = ({
  program,
  suppressed,
  coolsUntil,
  recontactOn,
  heldUntil,
}: Pick<Shown, 'program' | 'suppressed' | 'coolsUntil' | 'recontactOn' | 'heldUntil'>): readonly string[] => [
  ...(program === null ? [] : [`Program: ${program}`]),
  ...(suppressed
    ? [
        'Taken out of campaigns on request: in no program until somebody enrolls them, or takes tandem_suppressed away',
      ]
    : []),
  ...(recontactOn === null ? [] : [`Comes back to the rep on ${recontactOn}`]),
  ...(heldUntil === null
    ? coolsUntil === null
      ? []
      : [`Cools down until ${coolsUntil}: sooner only by asking for contact, or by a person`]
    : [`Held by marketing until ${heldUntil}: sooner only by asking for contact, or by a person`]),
];

/** The same in words. */
export const journeyWords = ({
  stage,
  since,
  turn,
  score,
  program,
  suppressed,
  coolsUntil,
  recontactOn,
  heldUntil,
  heldSince,
  transitions,
  effects,
  feedback,
  content,
  clocks,
}: Shown): readonly string[] => [
  `Journey: ${stage} since ${since}, turn ${turn}${score === null ? '' : `, score ${score.score} (fit ${score.fit}, engagement ${score.engagement}${score.version === undefined ? '' : `; scoring.yaml ${score.version}`})`}`,
  ...waitWords({ program, suppressed, coolsUntil, recontactOn, heldUntil }),
  ...(heldSince === null ? [] : [`${heldSince}  held     first start: tandem status says by which hold`]),
  ...transitions.map(
    ({ at, from, to, cause, reason, mode, by, byName }) =>
      `${at}  moved    ${from} → ${to} (${cause}${reason === null ? '' : `: ${reason}`}; by ${byName ?? by}${mode === 'observe' ? '; observed' : ''})`,
  ),
  ...clocks.map(
    ({ clock, startedAt, dueAt, doneAt, owner, steps, observed, version }) =>
      `${startedAt}  clock    ${clock}${owner === null ? '' : ` of ${owner}`}: ${dueAt === null ? 'never due' : `due ${dueAt}`}${doneAt === null ? '' : `, over ${doneAt}`}${steps.length === 0 ? '' : ` (${steps.map((step) => (observed.includes(step) ? `${step}, observed` : step)).join('; ')})`}${version === null ? '' : `; sla.yaml ${version}`}`,
  ),
  ...content.map(
    ({ at, until, piece, record, stage, dealStage, mode }) =>
      `${at}  content  ${piece} for ${dealStage ?? stage} (${record}${mode === 'observe' ? '; observed' : ''})${until === null ? '' : `, until ${until}`}`,
  ),
  ...feedback.map(({ at, record, kind, value }) => `${at}  said     ${kind}: ${value} (${record})`),
  ...effects.flatMap(({ at, kind, doneAt, why, next, said, route }) => [
    ...(route === null ? [] : [`${at}  routed   ${route.words}`]),
    `${at}  ${kind} ${doneAt === null ? `is under way${why === null ? '' : `: ${why}`}${next === null ? '' : ` Next: ${next}`}` : `done ${doneAt}${said.length === 0 ? '' : `: ${said.join('; ')}`}`}`,
  ]),
];
