import type { CallContext } from '../model/budget.ts';
import { formFor, type PairMapping, typesOn } from '../model/mapping.ts';
import type { ChangedRecord, RecordSnapshot } from '../model/record.ts';
import type { Link, Standing } from '../model/state.ts';
import { formatRef, type RecordRef, type Sides, type System, systemLabel, systems } from '../model/system.ts';
import type { RawFields, RawValue } from '../model/value.ts';
import { ruleOfAlone } from './alone.ts';
import { fieldsOf } from './engine.ts';
import { byForm, formOfLink, refOfLink } from './forms.ts';
import { askGone, type LookAt } from './gone.ts';
import { type GoneReference, knownGone } from './gone-references.ts';
import { followerIn } from './identity.ts';
import { isSet } from './latch.ts';
import { fieldsEqual, ruleForDifference } from './merge.ts';
import { heldTogether } from './merge-group.ts';
import type { EngineStore, RecordSystem } from './ports.ts';

/** What `verify` needs of the store. */
export interface VerifyStore extends Pick<EngineStore, 'linksOf' | 'cursor' | 'handedAmong'> {
  /** By unit key; a unit of which nothing stands is not in the answer. `refs` are the records whose dirty rows count. */
  standingOf(
    pair: string,
    units: readonly { readonly unit: string; readonly refs: readonly RecordRef[] }[],
  ): Promise<ReadonlyMap<string, Standing>>;
}

/** A difference between both systems. `why` names what accounts for it; `unexplained` when nothing does. */
export interface VerifyItem {
  readonly object: string;
  readonly hubspotId: string | null;
  readonly salesforceId: string | null;
  /** HubSpot's name of the field; null where a whole record has no counterpart. */
  readonly field: string | null;
  readonly hubspot: RawValue;
  readonly salesforce: RawValue;
  readonly why: string;
}

export interface VerifyReport {
  readonly records: number;
  readonly fields: number;
  readonly drift: number;
  readonly unexplained: number;
  readonly items: readonly VerifyItem[];
}

export interface VerifyContext {
  readonly pair: PairMapping;
  readonly systems: Sides<RecordSystem>;
  readonly store: VerifyStore;
  readonly call: CallContext;
  /** Without it, what is gone and was not told of is unexplained. */
  readonly lookAt?: LookAt;
}

const unexplained = 'unexplained';

/** A difference as found, before anybody asked what accounts for it. */
interface Finding {
  readonly item: Omit<VerifyItem, 'why'>;
  readonly unit: string;
  readonly refs: readonly RecordRef[];
  /** A rule that accounts for it; null where only the store can. */
  readonly rule: string | null;
  /** One of the records was changed after the last poll that was done when verify began: the engine cannot know of it yet. */
  readonly isUnpolled: boolean;
}

/** Where the polls of both sides stood when verify began. Before the first there is none, and nothing waits for one. */
type Polled = Sides<number>;

const whyOf = (finding: Finding, standing: Standing | undefined): string => {
  if (finding.rule !== null) return finding.rule;
  if (!standing) return unexplained;
  const { field } = finding.item;
  // A record without counterpart waits for any field of it that was refused; a field for itself or for the whole record.
  const parked = standing.parked.find((row) => field === null || row.field === null || row.field === field);
  if (parked) return `parked: ${parked.code} in ${systemLabel[parked.system]}`;
  if (standing.review !== null) return `review: ${standing.review}`;
  if (standing.dirty) return 'pending';
  return finding.isUnpolled ? 'pending: changed since the last poll' : unexplained;
};

/** Collects findings page by page and asks the store about each page's; what is kept is differences alone. */
class Report {
  private readonly context: VerifyContext;
  private readonly items: VerifyItem[] = [];
  private records = 0;
  private fields = 0;

  constructor(context: VerifyContext) {
    this.context = context;
  }

  countRecord(): void {
    this.records += 1;
  }

  countField(): void {
    this.fields += 1;
  }

  async add(findings: readonly Finding[]): Promise<void> {
    const open = findings.filter((finding) => finding.rule === null);
    const units = [...new Map(open.map(({ unit, refs }) => [unit, { unit, refs }])).values()];
    const standing =
      units.length === 0 ? null : await this.context.store.standingOf(this.context.pair.name, units);
    for (const finding of findings) {
      this.items.push({ ...finding.item, why: whyOf(finding, standing?.get(finding.unit)) });
    }
  }

  result(): VerifyReport {
    const { items, records, fields } = this;
    const open = items.filter((item) => item.why === unexplained).length;
    return { records, fields, drift: items.length, unexplained: open, items };
  }
}

const compareFields = (
  context: VerifyContext,
  report: Report,
  link: Link,
  values: Sides<RawFields>,
  isUnpolled: boolean,
  gone: readonly GoneReference[],
): readonly Finding[] => {
  const form = formOfLink(context.pair, link);
  const isOut = systems.some((system) => !(form.scope?.[system]?.admits(values[system]) ?? true));
  const always = { from: 0, to: Number.MAX_SAFE_INTEGER, clock: 'interval' } as const;
  const times = { hubspot: always, salesforce: always };
  const states = form.fields.map((field) => ({
    field,
    state: {
      base: link.base[field.name],
      values: {
        hubspot: values.hubspot[field.fields.hubspot],
        salesforce: values.salesforce[field.fields.salesforce],
      },
      times,
    },
  }));
  const together = heldTogether(states);
  return states.flatMap(({ field, state }) => {
    const decoded = systems.map((system) => field.codecs[system].decode(state.values[system] ?? null));
    const isLatched = field.latch === true && decoded.every(isSet);
    const isGone = gone.some((each) => each.field.name === field.name);
    const rule = isLatched
      ? 'latch'
      : isOut && !field.latch
        ? 'out of scope'
        : isGone
          ? 'what it refers to is gone'
          : null;
    const { values: raw } = state;
    report.countField();
    if (fieldsEqual(field, raw) !== false) return [];
    return {
      item: {
        object: context.pair.name,
        hubspotId: link.ids.hubspot,
        salesforceId: link.ids.salesforce,
        field: field.name,
        hubspot: raw.hubspot ?? null,
        salesforce: raw.salesforce ?? null,
      },
      unit: `link:${link.id}`,
      refs: refsOf(context.pair, link),
      rule: rule ?? together.get(field.name) ?? ruleForDifference(field, state),
      isUnpolled,
    };
  });
};

const refsOf = (pair: PairMapping, link: Link): readonly RecordRef[] =>
  systems.map((system) => refOfLink(pair, link, system));

/** Which of the contacts are to have a record in Salesforce, where those alone have one whom the lifecycle hands over. */
const handedOf = async (
  { pair, store }: VerifyContext,
  ids: readonly string[],
): Promise<ReadonlySet<string>> =>
  pair.create.salesforce === 'sales-ready' ? ((await store.handedAmong?.(ids)) ?? new Set()) : new Set();

/** A record without a live link: by rule, by a tombstone, or because of something that the store knows. */
const alone = (
  context: VerifyContext,
  record: ChangedRecord,
  link: Link | undefined,
  polled: Polled,
  handed: ReadonlySet<string> = new Set(),
): Finding => {
  const { system, id } = record.ref;
  const rule = link?.ended ? `link ended: ${link.ended.cause}` : ruleOfAlone(context.pair, record, handed);
  const ids =
    system === 'hubspot' ? { hubspotId: id, salesforceId: null } : { hubspotId: null, salesforceId: id };
  return {
    item: { object: context.pair.name, ...ids, field: null, hubspot: null, salesforce: null },
    unit: formatRef(record.ref),
    refs: [record.ref],
    rule,
    isUnpolled: record.stamp > polled[system],
  };
};

/** A live link whose record on one side is not there, or deleted; `rule` says what its system tells of it. */
const halfGone = (
  context: VerifyContext,
  link: Link,
  isUnpolled: boolean,
  rule: string | null = null,
): Finding => ({
  item: {
    object: context.pair.name,
    hubspotId: link.ids.hubspot,
    salesforceId: link.ids.salesforce,
    field: null,
    hubspot: null,
    salesforce: null,
  },
  unit: `link:${link.id}`,
  refs: refsOf(context.pair, link),
  rule,
  isUnpolled,
});

async function* pagesOf(context: VerifyContext, system: System) {
  for (const type of typesOn(context.pair, system)) yield* pagesOfType(context, system, type);
}

async function* pagesOfType(context: VerifyContext, system: System, type: string) {
  let after: string | null = null;
  do {
    const page = await context.systems[system].listPage(
      type,
      after,
      fieldsOf(formFor(context.pair, system, type), system),
      context.call,
    );
    yield page.records;
    after = page.after;
  } while (after !== null);
}

/** References of these records that are empty because what they led to is gone, by link. */
const goneOf = async (
  { pair, store }: VerifyContext,
  records: readonly ChangedRecord[],
  links: ReadonlyMap<string, Link>,
  others: ReadonlyMap<string, RecordSnapshot>,
): Promise<ReadonlyMap<Link, readonly GoneReference[]>> => {
  const items = records.flatMap((hubspot) => {
    const link = links.get(hubspot.ref.id);
    const salesforce = link && others.get(link.ids.salesforce);
    return link && salesforce ? [{ link, snapshots: { hubspot, salesforce } }] : [];
  });
  const found = await Promise.all(
    byForm(pair, items, ({ link }) => formOfLink(pair, link)).map(async ([form, own]) =>
      knownGone({ pair: form, store }, own),
    ),
  );
  return new Map(found.flatMap((each) => [...each].map(([{ link }, gone]) => [link, gone] as const)));
};

const verifyHubSpot = async (
  context: VerifyContext,
  report: Report,
  seen: Set<string>,
  polled: Polled,
): Promise<void> => {
  const { pair, store } = context;
  for await (const records of pagesOf(context, 'hubspot')) {
    const links = await store.linksOf(
      pair.name,
      'hubspot',
      records.map((record) => record.ref.id),
    );
    const live = [...links.values()].filter((link) => link.ended === null);
    const pages = await Promise.all(
      byForm(pair, live, (link) => formOfLink(pair, link)).map(([form, own]) =>
        context.systems.salesforce.readMany(
          form.types.salesforce,
          own.map((link) => link.ids.salesforce),
          fieldsOf(form, 'salesforce'),
          context.call,
        ),
      ),
    );
    const others = new Map(pages.flatMap((page) => [...page]));
    const handed = await handedOf(
      context,
      records.flatMap(({ ref }) => (links.get(ref.id)?.ended === null ? [] : [ref.id])),
    );
    const gone = await goneOf(context, records, links, others);
    const findings = records.flatMap((record): readonly Finding[] => {
      report.countRecord();
      const link = links.get(record.ref.id);
      if (!link || link.ended) return [alone(context, record, link, polled, handed)];
      seen.add(link.id);
      const other = others.get(link.ids.salesforce);
      const isUnpolled =
        record.stamp > polled.hubspot || (other !== undefined && other.stamp > polled.salesforce);
      if (!other || other.deleted) return [halfGone(context, link, isUnpolled)];
      const values = { hubspot: record.fields, salesforce: other.fields };
      return compareFields(context, report, link, values, isUnpolled, gone.get(link) ?? []);
    });
    await report.add(findings);
  }
};

const verifySalesforce = async (
  context: VerifyContext,
  report: Report,
  seen: ReadonlySet<string>,
  polled: Polled,
): Promise<void> => {
  const { pair, store } = context;
  for await (const records of pagesOf(context, 'salesforce')) {
    const links = await store.linksOf(
      pair.name,
      'salesforce',
      records.map((record) => record.ref.id),
    );
    const unseen = records.flatMap((record) => {
      const link = links.get(record.ref.id);
      const isSeen = link && !link.ended && (seen.has(link.id) || followerIn(link, record.ref));
      return isSeen ? [] : [{ record, link }];
    });
    const half = unseen.flatMap(({ link }) => (link && !link.ended ? [link] : []));
    const refs = half.map((each) => refOfLink(pair, each, 'hubspot'));
    const gone = await askGone(context.systems.hubspot, refs, context.call, context.lookAt);
    const findings = unseen.map(({ record, link }): Finding => {
      report.countRecord();
      const isUnpolled = record.stamp > polled.salesforce;
      if (!link || link.ended) return alone(context, record, link, polled);
      return halfGone(context, link, isUnpolled, gone.get(link.ids.hubspot) ?? null);
    });
    await report.add(findings);
  }
};

/**
 * Compares both systems record by record and field by field, by list and by id, never by search. Memory grows with the
 * differences and with one id per link.
 * @throws CallFailed when a system cannot be read.
 */
export const verifyPair = async (context: VerifyContext): Promise<VerifyReport> => {
  const report = new Report(context);
  const seen = new Set<string>();
  const stampOf = async (system: System): Promise<number> =>
    (await context.store.cursor(context.pair.name, system))?.stamp ?? Number.POSITIVE_INFINITY;
  const polled = { hubspot: await stampOf('hubspot'), salesforce: await stampOf('salesforce') };
  await verifyHubSpot(context, report, seen, polled);
  await verifySalesforce(context, report, seen, polled);
  return report.result();
};
