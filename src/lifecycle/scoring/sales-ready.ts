import type { EngagementTally } from './engagement.ts';
import type { Pilot, ReadyDefinition, ScoringModel } from './model.ts';
import { excludedBy, namesOf, type Person, type Score, scoreOf, withoutOpens } from './score.ts';

/** FNV-1a over UTF-16, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv): the same people in every process, and no two pilots alike. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  // FNV's low bits are poor on short texts that differ at their end; one more mixing spreads them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** Whether a person is in the first `percent` of a hundred by this name. */
export const isInShare = (name: string, id: string, percent: number): boolean =>
  (hashOf(`${name}:${id}`) % 10_000) / 100 < percent;

const isInPilot = (pilot: Pilot, version: string, person: Person, model: ScoringModel): boolean =>
  (person.owner !== null && pilot.owners.has(person.owner)) ||
  (pilot.segment?.holds(namesOf(person, model)) ?? false) ||
  isInShare(version, person.id, pilot.share);

const newest = (definitions: readonly ReadyDefinition[]): ReadyDefinition | null =>
  definitions.reduce<ReadyDefinition | null>(
    (last, each) => (last === null || each.from > last.from ? each : last),
    null,
  );

/** The version of sales-ready that a person is judged by: a pilot's where they are in it, else the newest that holds. */
export const definitionFor = (person: Person, model: ScoringModel, now: number): ReadyDefinition | null => {
  const begun = model.definitions.filter(({ from }) => from <= now);
  const pilots = begun.filter(
    ({ pilot, version }) =>
      pilot !== null &&
      (pilot.until === null || now < pilot.until) &&
      isInPilot(pilot, version, person, model),
  );
  return newest(pilots) ?? newest(begun.filter(({ pilot }) => pilot === null));
};

export interface Judgement {
  readonly score: Score;
  /** The version that fires; null where the person is not ready. */
  readonly ready: { readonly definition: string } | null;
  /** The version that was asked; null before the first one. */
  readonly askedOf: string | null;
  readonly excluded: string | null;
  /** Ready only by opens: said, since the score alone would not explain it. */
  readonly onlyOpens: boolean;
}

const holds = (definition: ReadyDefinition, score: Score, person: Person, model: ScoringModel): boolean =>
  definition.when.holds({
    ...namesOf(person, model),
    score: score.score,
    fit: score.fit,
    engagement: score.engagement,
    fit_points: score.fitPoints,
    engagement_points: score.engagementPoints,
  });

/**
 * Score and readiness at a moment. Pure. Who is ready must be so with the points of opens left out: mail programs open mails by themselves, and
 * what tells machines from people misses some. An excluded person is never ready. After a return only what came since counts towards being
 * ready: `earned` is the tally since then; the score that is shown is that of `tally`.
 */
export const judge = (
  person: Person,
  tally: EngagementTally,
  model: ScoringModel,
  now: number,
  earned: EngagementTally = tally,
): Judgement => {
  const score = scoreOf(person, tally, model, now);
  const definition = definitionFor(person, model, now);
  const excluded = excludedBy(person, model);
  const meets = (counted: Score): boolean => definition !== null && holds(definition, counted, person, model);
  const isReady = meets(earned === tally ? score : scoreOf(person, earned, model, now));
  const isMeant = isReady && meets(scoreOf(person, earned, model, now, withoutOpens));
  return {
    score,
    ready: isMeant && definition !== null && excluded === null ? { definition: definition.version } : null,
    askedOf: definition?.version ?? null,
    excluded,
    onlyOpens: isReady && !isMeant,
  };
};

/** What a person was told of, for comparing two models. */
export interface Scored {
  readonly person: Person;
  readonly tally: { readonly before: EngagementTally; readonly after: EngagementTally };
  /** What of both came since sales gave them back; absent: they never did. */
  readonly earned?: { readonly before: EngagementTally; readonly after: EngagementTally };
}

export interface WhatIf {
  readonly entering: readonly string[];
  readonly leaving: readonly string[];
  readonly stayReady: number;
  readonly stayNot: number;
}

/** Who would change sides if `after` were the model. Ids of people, in the order given. Pure. */
export const whatIf = (
  people: Iterable<Scored>,
  before: ScoringModel,
  after: ScoringModel,
  now: number,
): WhatIf => {
  const entering: string[] = [];
  const leaving: string[] = [];
  let [stayReady, stayNot] = [0, 0];
  for (const { person, tally, earned = tally } of people) {
    const was = judge(person, tally.before, before, now, earned.before).ready !== null;
    const is = judge(person, tally.after, after, now, earned.after).ready !== null;
    if (was && is) stayReady += 1;
    else if (was) leaving.push(person.id);
    else if (is) entering.push(person.id);
    else stayNot += 1;
  }
  return { entering, leaving, stayReady, stayNot };
};
