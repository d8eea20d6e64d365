import { setTimeout as sleep } from 'node:timers/promises';
import { otherSystem, type Sides, type System, systemLabel, systems } from '../../model/system.ts';
import type { Person } from '../../sandbox/people/person.ts';
import { type Arrival, Arrivals, type Edit } from './arrivals.ts';
import type { Acquaintance, Colleague, Marketer } from './colleagues.ts';
import { type FieldChange, type Scene, SceneWriter } from './draw-edit.ts';
import { nameFields, type StoryPair } from './editable-fields.ts';
import { plainName, quote, type Screen } from './screen.ts';
import type { WorkerEvent } from './worker-events.ts';

/** People whom the colleagues work with; more would only cost calls. */
const acquaintancesMax = 2_000;
const acquaintancesMin = 5;
const lookAgainMs = 2_000;
const picksMax = 20;

const nameOf = (first: string | null | undefined, last: string | null | undefined): string =>
  plainName([first, last].filter((part) => part).join(' ')) || 'somebody without a name';

const describe = ({ field, value }: FieldChange): string =>
  value === null ? `${field.label} emptied` : `${field.label} → ${quote(value)}`;

/**
 * The two colleagues' day: the marketer in HubSpot and the rep in Salesforce edit people, each in their own system, at a
 * steady pace. Every edit is told once it has arrived in the other system.
 */
export class Story {
  readonly #colleagues: Sides<Colleague>;
  readonly #marketer: Marketer;
  readonly #screen: Screen;
  readonly #story: StoryPair;
  readonly #writer: SceneWriter;
  readonly #arrivals: Arrivals;
  readonly #known: Acquaintance[] = [];

  constructor(marketer: Marketer, rep: Colleague, screen: Screen, story: StoryPair, seed: number) {
    this.#colleagues = { hubspot: marketer, salesforce: rep };
    this.#marketer = marketer;
    this.#screen = screen;
    this.#story = story;
    this.#writer = new SceneWriter(seed, story.fields);
    this.#arrivals = new Arrivals(
      this.#colleagues,
      (arrival) => this.#tellArrival(arrival),
      ({ system, who, what }) =>
        screen.warn(`Not in ${systemLabel[otherSystem(system)]} after 30 s: ${who} · ${what}`),
    );
  }

  get arrivals(): Arrivals {
    return this.#arrivals;
  }

  hear(event: Extract<WorkerEvent, { event: 'change' }>): void {
    this.#arrivals.hear(event);
  }

  /** Edits until the signal; an edit that a system refuses is told and the day goes on. */
  async run(editsPerMinute: number, signal: AbortSignal): Promise<void> {
    if (editsPerMinute === 0) return;
    const everyMs = 60_000 / editsPerMinute;
    const pause = async (ms: number): Promise<void> =>
      sleep(ms, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted && this.#known.length < acquaintancesMin) {
      await this.#meet();
      if (this.#known.length < acquaintancesMin) await pause(lookAgainMs);
    }
    while (!signal.aborted) {
      const began = performance.now();
      const edits = await this.#play(this.#writer.next()).catch((error: unknown) => {
        if (!signal.aborted) this.#screen.warn(`An edit did not go through: ${String(error)}`);
        return 1;
      });
      this.#arrivals.check();
      await pause(Math.max(0, everyMs * edits - (performance.now() - began)));
    }
  }

  async #meet(): Promise<void> {
    const identity = this.#story.pair.identity.hubspot;
    const found = await this.#marketer.acquaintances(identity, acquaintancesMax).catch(() => []);
    this.#known.splice(0, this.#known.length, ...found);
  }

  /** Answers how many edits the scene was. */
  async #play(scene: Scene): Promise<number> {
    if (scene.kind === 'newcomer') {
      // A cold contact makes no lead, where the mapping says so: it would never arrive.
      const isCold = this.#story.pair.create.salesforce === 'sales-ready';
      await this.#enter(isCold ? 'salesforce' : scene.system, scene.person);
      return 1;
    }
    const known = this.#somebody();
    if (known === null) return 1;
    if (scene.kind === 'both') {
      const sets = scene.sets;
      await Promise.all(
        systems.map(async (system) => this.#edit(system, known, [sets[system]], ' (both at once)')),
      );
      return 2;
    }
    await this.#edit(scene.system, known, scene.kind === 'rename' ? scene.set : [scene.set]);
    return 1;
  }

  /** Somebody known whom no edit is under way for. */
  #somebody(): Acquaintance | null {
    for (let picks = 0; picks < picksMax && this.#known.length > 0; picks += 1) {
      const known = this.#writer.pick(this.#known);
      const { hubspot, salesforce } = known.ids;
      if (!this.#arrivals.isUnderWay(hubspot) && !this.#arrivals.isUnderWay(salesforce)) return known;
    }
    return null;
  }

  async #edit(
    system: System,
    { ids }: Acquaintance,
    changes: readonly FieldChange[],
    note = '',
  ): Promise<void> {
    const { first, last } = nameFields;
    const names = [first, last, ...changes.map(({ field }) => field)].map(({ fields }) => fields[system]);
    const before = await this.#colleagues[system].read(ids[system], [...new Set(names)]);
    const real = changes.filter(({ field, value }) => before[field.fields[system]] !== value);
    if (real.length === 0) return;
    const values = Object.fromEntries(real.map(({ field, value }) => [field.fields[system], value]));
    await this.#colleagues[system].update(ids[system], values);
    const isRename = changes.some(({ field }) => field === last);
    const newName = nameOf(changes[0]?.value, changes[1]?.value);
    const what = isRename ? `name → ${quote(newName)}` : real.map(describe).join(', ');
    this.#expect(system, ids[system], ids[otherSystem(system)], `${what}${note}`, real, before);
  }

  #expect(
    system: System,
    id: string,
    otherId: string,
    what: string,
    changes: readonly FieldChange[],
    before: Readonly<Record<string, string | null>>,
  ): void {
    const who = nameOf(before[nameFields.first.fields[system]], before[nameFields.last.fields[system]]);
    this.#arrivals.expect({ system, id, otherId, who, what, changes, at: performance.now() });
  }

  async #enter(system: System, person: Person): Promise<void> {
    const { first, last, email } = nameFields;
    const fields = [first, last, email, ...this.#story.fields].filter(
      (field) => field.takeFrom(person) !== '',
    );
    // Salesforce wants a company of every lead; the shipped mapping has one, another may not.
    const company = system === 'salesforce' ? { Company: person.company } : {};
    const values = {
      ...company,
      ...Object.fromEntries(fields.map((field) => [field.fields[system], field.takeFrom(person)])),
    };
    const id = await this.#colleagues[system].create(values);
    const changes = fields.map((field) => ({ field, value: field.takeFrom(person) }));
    const what = system === 'hubspot' ? 'new contact' : 'new lead';
    const who = nameOf(person.firstName, person.lastName);
    this.#arrivals.expect({ system, id, otherId: null, who, what, changes, at: performance.now() });
  }

  #tellArrival({ edit, tookMs, stands, outcome }: Arrival): void {
    const other = otherSystem(edit.system);
    if (outcome === 'refused') {
      this.#screen.warn(`Refused by ${systemLabel[other]}: ${edit.who} · ${edit.what}`);
      return;
    }
    if (edit.changes.length > 0 && edit.otherId !== null && edit.what.startsWith('new '))
      this.#befriend(edit);
    const there =
      stands === null ? '' : this.#screen.paint.dim(` · there ${quote(stands === '' ? null : stands)}`);
    this.#screen.change(
      edit.system,
      other,
      tookMs,
      `${this.#screen.paint.bold(edit.who)} · ${edit.what}${there}`,
    );
  }

  #befriend({ system, id, otherId }: Edit): void {
    if (otherId === null) return;
    const ids =
      system === 'hubspot' ? { hubspot: id, salesforce: otherId } : { hubspot: otherId, salesforce: id };
    this.#known.push({ ids });
  }
}
