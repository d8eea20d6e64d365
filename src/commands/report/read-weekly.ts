import { nextHands } from '../../lifecycle/account/next-hand.ts';
import { addressKey } from '../../lifecycle/content/consumed.ts';
import type { Catalogue } from '../../lifecycle/content/model.ts';
import type { ReportContentInput } from '../../lifecycle/report/content.ts';
import type { WeeklyInput } from '../../lifecycle/report/input.ts';
import { trendWeeks, usualWeek, type Week, weekNamed, weeksUpTo } from '../../lifecycle/report/weeks.ts';
import { accountRows } from '../../lifecycle/run/account-rows.ts';
import {
  toReportClocks,
  toReportContent,
  toReportDeals,
  toReportPerson,
} from '../../lifecycle/run/report-rows.ts';
import { toKeptSignals, toOwners } from '../../lifecycle/run/rows.ts';
import { makeStaff } from '../../lifecycle/staff/staff.ts';
import { UsageError } from '../../model/failure.ts';
import type { Store } from '../../store/open-store.ts';
import type { ActiveLifecycle } from '../run/lifecycle.ts';

/** The week that is asked for, by the clock of the default calendar. @throws UsageError where it is none */
const weekAsked = (name: string | undefined, now: number, firstAt: number | null, zone: string): Week => {
  if (name === undefined) return usualWeek(now, firstAt, zone);
  const week = weekNamed(name, zone);
  if (week === null) throw new UsageError(`'${name}' is no week.`, 'Name one as 2026-W48 (ISO 8601).');
  if (week.from > now) throw new UsageError(`${name} has not begun yet.`, 'Name a week that has.');
  return week;
};

/** What was recommended since a moment, and what came of it. */
const readContent = async (
  lifecycle: Store['lifecycle'],
  catalogue: Catalogue,
  since: number,
): Promise<ReportContentInput> => {
  const { pieces } = catalogue;
  const [recommended, reads, words] = await Promise.all([
    lifecycle.recommendedSince(since),
    lifecycle.contentReads(since, {
      paths: pieces.flatMap(({ url }) => addressKey(url) ?? []),
      forms: pieces.flatMap(({ forms }) => forms.map((form) => form.trim().toLowerCase())),
    }),
    lifecycle.contentFeedback(since),
  ]);
  return toReportContent(catalogue, recommended, reads, words);
};

/** All that the weekly report is made of, from the store alone. @throws UsageError where the week is none */
export const readWeekly = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  { pair, models: { sla, lifecycle: definition, content } }: ActiveLifecycle,
  weekName: string | undefined,
): Promise<WeeklyInput> => {
  const [transitions, effects, clocks, held, deals, people, staff, kept, now] = await Promise.all([
    lifecycle.accountTransitions(),
    lifecycle.handOffEffects(pair),
    lifecycle.allClocks(),
    lifecycle.heldHandOffs(pair),
    lifecycle.reportDeals(),
    lifecycle.reportPeople(pair),
    lifecycle.staff(),
    lifecycle.keptSignals(),
    lifecycle.now(),
  ]);
  const { makeCalendarBook } = await import('../../lifecycle/sla/calendar-book.ts');
  const owners = toOwners(staff);
  const { calendarOf } = makeStaff(owners, [], makeCalendarBook(sla));
  const firstAt = transitions.reduce<number | null>(
    (first, { at }) => (first === null || at < first ? at : first),
    null,
  );
  const { state, open, targets = [] } = toKeptSignals(kept.state);
  const zone = sla.calendars.get(sla.defaultCalendar)?.zone ?? 'UTC';
  const week = weekAsked(weekName, now, firstAt, zone);
  const [since = week] = weeksUpTo(week, trendWeeks, zone);
  const words = await lifecycle.feedbackSince(since.from);
  return {
    rows: accountRows({ transitions, effects, clocks, held }, sla, calendarOf, now),
    clocks: toReportClocks(clocks, sla, calendarOf, now),
    deals: toReportDeals(deals),
    people: new Map(people.map((row) => [row.journey, toReportPerson(row, definition.signals.source)])),
    owners: new Map(owners.map(({ id, name }) => [id, name])),
    quality: sla.quality,
    hands: nextHands(definition.stages),
    signals: state.lookedAt === null ? null : [...targets, ...open].map(({ text }) => text),
    week,
    words: words.flatMap(({ journeyId, turn, kind, value }) =>
      value === null ? [] : [{ journey: journeyId, turn, kind, value }],
    ),
    ...(content === undefined ? {} : { content: await readContent(lifecycle, content, since.from) }),
    zone,
    now,
  };
};
