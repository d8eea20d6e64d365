import { accountJson } from '../../lifecycle/account/render.ts';
import type { Judged } from '../../lifecycle/report/acceptance.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { iso } from '../with-store.ts';

const judgedJson = ({ group, quality, accepted, refused, open }: Judged) => ({
  group,
  ...quality,
  accepted,
  refused,
  open,
});

/** The report as plain data: leads as `journey/turn`, deals by Salesforce's id, times ISO 8601 UTC, unknown figures null. Pure. */
export const weeklyJson = (report: WeeklyReport) => {
  const {
    week,
    zone,
    asOf,
    account,
    before,
    trend,
    late,
    acceptance,
    reasons,
    feedback,
    money,
    content,
    signals,
    leads,
  } = report;
  return {
    week: { name: week.name, from: iso(week.from), to: iso(week.to), zone },
    asOf: iso(asOf),
    account: accountJson(account, [], [], report.hands ?? undefined),
    before: accountJson(before),
    weeks: trend.map(({ week: { name }, places }) => ({ week: name, ...places })),
    late: {
      inTimePercent: late.inTimePercent,
      reps: late.reps.map((rep) => ({
        ...rep,
        late: rep.late.map(({ dueAt, ...each }) => ({ ...each, dueAt: iso(dueAt) })),
      })),
    },
    acceptance: {
      goalPercent: acceptance.goalPercent,
      all: judgedJson(acceptance.all),
      bySource: acceptance.bySource.map(judgedJson),
      byDefinition: acceptance.byDefinition.map(judgedJson),
    },
    reasons,
    feedback,
    money: {
      ...money,
      deals: money.deals.map(({ lead, createdAt, ...deal }) => ({
        ...deal,
        createdAt: iso(createdAt),
        lead: lead.key,
      })),
    },
    content,
    signals,
    leads: [...leads.values()].map(({ readyAt, handedAt, ...lead }) => ({
      ...lead,
      readyAt: iso(readyAt),
      handedAt: handedAt === null ? null : iso(handedAt),
    })),
  };
};
