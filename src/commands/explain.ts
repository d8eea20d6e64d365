import { didYouMean } from '../mapping/suggest.ts';
import { UsageError } from '../model/failure.ts';
import { apiFieldsOf, type FieldMapping, formsOf, type PairMapping } from '../model/mapping.ts';
import { formatRef, type RecordRef, systemLabel, systems } from '../model/system.ts';
import type { RecordLife } from '../store/operator/life.ts';
import { exitCode } from './exit.ts';
import { aloneNow, notShownRule } from './explain/alone.ts';
import { contentJson, contentNow, contentWords } from './explain/content.ts';
import { journeyOf, journeyWords } from './explain/journey.ts';
import { type LifeEvent, lifeEvents } from './explain/life-events.ts';
import { accountOf, accountWords, timelineEvents, timelineWords } from './explain/timeline.ts';
import { lookFor, noRecord } from './find-record.ts';
import { answer, iso, type StoreOptions, withExistingStore } from './with-store.ts';

/** The mapping's own name of a field that is given by either system's. @throws UsageError */
const fieldNamed = (pairs: readonly PairMapping[], wanted: string): string => {
  const fields = pairs.flatMap(formsOf).flatMap((form) => form.fields);
  const lower = wanted.toLowerCase();
  const namesOf = (field: FieldMapping): readonly string[] => [
    ...[field.name, field.fields.hubspot, field.fields.salesforce],
    ...systems.flatMap((system) => apiFieldsOf(field, system)),
  ];
  const found = fields.find((field) => namesOf(field).some((each) => each.toLowerCase() === lower));
  if (found) return found.name;
  if (pairs.some(({ identity }) => [identity.hubspot, identity.salesforce].includes(wanted)))
    return 'identity';
  const names = fields.flatMap(namesOf);
  throw new UsageError(
    `No mapping has a field '${wanted}'.`,
    `${didYouMean(wanted, names)}Give the API name of a mapped field.`,
  );
};

const shownLink = ({ links }: RecordLife) =>
  links.map((link) => ({
    id: link.id,
    object: link.pair,
    hubspotId: link.ids.hubspot,
    salesforceId: link.ids.salesforce,
    beganAt: iso(link.beganAt),
    ended: link.ended === null ? null : { at: iso(link.ended.at), cause: link.ended.cause },
  }));

const valueWords = (value: LifeEvent['to']): string => (value === null ? 'blank' : JSON.stringify(value));

const eventWords = (event: LifeEvent): string => {
  const place = `${systemLabel[event.system]}${event.field === null ? '' : ` ${event.field}`}`;
  const change =
    event.event === 'write' || (event.event === 'create' && event.field !== null)
      ? `: ${valueWords(event.from)} → ${valueWords(event.to)}`
      : '';
  const clock = event.clock === null ? '' : `, by the clock ${event.clock}`;
  const lost =
    event.overwrote === undefined ? '' : `; overwrote ${valueWords(event.overwrote)}, which is kept`;
  const next = event.next === undefined ? '' : `\n  Next: ${event.next}`;
  return `${event.at}  ${event.event.padEnd(8)} ${place}${change} (${event.cause}; rule ${event.rule}${clock}; by ${event.by}${lost})${next}`;
};

/** Ids in HubSpot of these records, and of what they are or were linked with, of one object: ids of different objects may be the same. */
const hubspotIds = (
  type: string,
  pairs: readonly PairMapping[],
  refs: readonly RecordRef[],
  { links }: RecordLife,
): readonly string[] => [
  ...new Set([
    ...refs.filter((ref) => ref.system === 'hubspot' && ref.type === type).map(({ id }) => id),
    ...links
      .filter(({ pair }) => pairs.find(({ name }) => name === pair)?.types.hubspot === type)
      .map(({ ids }) => ids.hubspot),
  ]),
];

/** Tells the life of a record, or of one field of it. Exit code 1 when nothing is known of it. */
export const explainCommand = async (options: StoreOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const { pairs } = context.mappings;
    const [record = '', fieldText] = options.args;
    const field = fieldText === undefined ? null : fieldNamed(pairs, fieldText);
    const found = await lookFor(context, record);
    const { refs } = found;
    const life = await context.store.operator.life(refs);
    const alone = await aloneNow(context, refs, life);
    const events = [...lifeEvents(pairs, life), ...alone.events].filter(
      (event) => field === null || event.field === field || event.covers === 'record',
    );
    const links = shownLink(life);
    const link = links[0] ?? null;
    const idsOf = (type: string): readonly string[] => hubspotIds(type, pairs, refs, life);
    const contactIds = idsOf('contacts');
    const [content, journey, timeline, account] = await Promise.all([
      contentNow(context.store, options.config, contactIds),
      journeyOf(context.store, contactIds),
      contactIds.length === 0 ? [] : timelineEvents(context.store, { companyIds: [], contactIds }),
      accountOf(context.store, idsOf('companies')),
    ]);
    const isKnown = events.some(({ rule }) => rule !== notShownRule);
    const known = links.length > 0 || isKnown || journey !== null || account !== null;
    const shown = events.map(({ covers: _covers, ...event }) => event);
    const none = noRecord(found);
    const words = [
      refs.length === 0
        ? `${none.what}${found.unasked === null ? '' : `\n  Next: ${none.next}`}`
        : `Records: ${refs.map(formatRef).join(', ')}`,
      ...links.map(
        ({ object, hubspotId, salesforceId, beganAt, ended }) =>
          `${object}: hubspot ${hubspotId} and salesforce ${salesforceId}, linked ${beganAt}${ended === null ? '' : `, ended ${ended.at}: ${ended.cause}`}`,
      ),
      ...events.map(eventWords),
      ...(journey === null || field !== null ? [] : journeyWords(journey)),
      ...(content === null || field !== null ? [] : contentWords(content)),
      ...(field === null ? timelineWords(timeline.filter(({ event }) => event === 'activity')) : []),
      ...(account === null || field !== null ? [] : accountWords(account)),
      ...(alone.unasked === null
        ? []
        : [
            `Why it has no counterpart could not be asked: ${alone.unasked.why}`,
            `  Next: ${alone.unasked.next}`,
          ]),
      ...(known || events.length > 0 || refs.length === 0 ? [] : ['Nothing is known of it.']),
    ];
    const recommended = content === null ? null : contentJson(content);
    answer(
      options,
      {
        ...{ link, journey, content: recommended, timeline, account, links, events: shown },
        unasked: refs.length > 0 ? alone.unasked : found.unasked,
      },
      words.join('\n'),
    );
    return known ? exitCode.fine : exitCode.found;
  });
