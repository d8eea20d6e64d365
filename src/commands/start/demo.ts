import { setTimeout as sleep } from 'node:timers/promises';
import { type Sides, type System, systemLabel } from '../../model/system.ts';
import { sandboxDefaults } from '../../sandbox/start.ts';
import { exitCode } from '../exit.ts';
import { writeSandboxVariables } from '../sandbox-variables.ts';
import { watchAlignment } from './alignment-watch.ts';
import type { Child, ChildEnd } from './child.ts';
import { type Colleague, makeMarketer, makeRep } from './colleagues.ts';
import { type DemoFolder, markRunning, markStopped, stopDemoStore } from './demo-folder.ts';
import { type StoryPair, storyTypes } from './editable-fields.ts';
import { countRecords, type Figures, readFigures } from './figures.ts';
import { LeadStory } from './lead-story.ts';
import type { StopPress } from './listen-for-stop.ts';
import { number, type Screen, seconds } from './screen.ts';
import { type Simulators, startSimulators } from './simulators.ts';
import { Story } from './story.ts';
import { startWorker, type Worker } from './worker.ts';
import type { WorkerEvent } from './worker-events.ts';

const statusEveryMs = 15_000;
/** Between the scenes of the lead's story: time to read. */
const leadPauseMsMax = 10_000;
/** All ends within 15 s: the worker has most of it. */
const editFinishMs = 500;
const workerFinishMs = 13_500;
const allMs = 14_500;
const saveMsMin = 1_000;

export interface DemoOptions {
  readonly config: string;
  readonly contacts: number;
  readonly leads: number;
  readonly port: number;
  readonly editsPerMinute: number;
  /** How many people there are in all, about; for the progress line. */
  readonly people: number;
  readonly goOn: boolean;
}

/** What runs, in the order in which it was started; it ends in the opposite order. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #folder: DemoFolder;
  readonly #screen: Screen;
  readonly #pair: StoryPair;
  readonly #children: Child[] = [];
  #simulators: Simulators | null = null;
  #worker: Worker | null = null;
  #workerChild: Child | null = null;
  #story: Story | null = null;
  #saidFailure = '';
  #abandoned: Promise<void> | null = null;
  #isSaved = false;

  constructor(options: DemoOptions, folder: DemoFolder, screen: Screen, pair: StoryPair) {
    this.#options = options;
    this.#folder = folder;
    this.#screen = screen;
    this.#pair = pair;
  }

  /** Starts the simulators, with what was saved or with the people of the seed. */
  async startSimulators(): Promise<Simulators> {
    const { contacts, leads, goOn } = this.#options;
    await markRunning(this.#folder, []);
    this.#simulators = await startSimulators(
      { ...sandboxDefaults, contacts, leads, goOn, file: this.#folder.sandboxFile },
      this.#keep,
    );
    await this.#mark();
    await writeSandboxVariables(this.#folder.envFile, this.#simulators.access);
    return this.#simulators;
  }

  /** Starts the worker and the story, tells what happens, and answers the exit code once it is to stop. */
  async run(simulators: Simulators, stop: StopPress, onReady: (worker: Worker) => void): Promise<number> {
    const { access } = simulators;
    const alignment = watchAlignment(this.#screen);
    const rep = makeRep(access, storyTypes.salesforce);
    const before = await countRecords(access, storyTypes);
    this.#worker = await startWorker(
      {
        config: this.#options.config,
        data: this.#folder.root,
        port: this.#options.port,
        access,
        onEvent: (event) => {
          alignment.hear(event);
          this.#hear(event);
        },
      },
      (child) => {
        this.#workerChild = child;
        this.#keep(child);
      },
    );
    await this.#mark();
    onReady(this.#worker);
    const [marketer, salesRep] = [makeMarketer(access), await rep];
    const story = new Story(marketer, salesRep, this.#screen, this.#pair, Date.now());
    this.#story = story;
    const { config, editsPerMinute } = this.#options;
    const leads = new LeadStory({
      ...{ access, marketer, rep: salesRep, screen: this.#screen, config, data: this.#folder.root },
      pauseMs: editsPerMinute === 0 ? leadPauseMsMax : Math.min(leadPauseMsMax, 240_000 / editsPerMinute),
    });
    const created = async (): Promise<Sides<number> | null> => {
      const now = await countRecords(access, storyTypes).catch(() => null);
      const by = (system: System, colleague: Colleague): number =>
        Math.max(0, (now?.[system] ?? 0) - before[system] - colleague.entered());
      return now && { hubspot: by('hubspot', marketer), salesforce: by('salesforce', salesRep) };
    };
    const day = Promise.all([
      alignment.show(this.#figures, created, this.#options.people, stop.signal),
      alignment.edits.then(async () => story.run(editsPerMinute, stop.signal)),
      alignment.edits.then(async () => leads.run(stop.signal)),
      this.#tellStatus(stop.signal),
    ]);
    // A child that ends by itself ends the day.
    const broken = await Promise.race([stop.requested.then(() => null), ...this.#children.map(endOf)]);
    stop.now();
    if (broken === null)
      this.#screen.say('Stopping: the worker finishes what is in flight. Ctrl-C again ends it at once.');
    // An edit whose answer is slow is not waited for: it is in what is saved, or it never happened.
    await Promise.race([day, sleep(editFinishMs, undefined, { ref: false })]);
    return broken === null ? exitCode.fine : this.#tellBroken(broken);
  }

  /** Ends everything in order: the worker finishes what is in flight, then the simulators' state is saved. */
  async stop(): Promise<void> {
    const began = performance.now();
    const worker = this.#workerChild;
    if (worker) {
      worker.kill('SIGTERM');
      await Promise.race([
        worker.ended.catch(() => undefined),
        sleep(workerFinishMs, undefined, { ref: false }),
      ]);
      if (worker.end() === null) {
        this.#screen.warn(
          'The worker did not finish in time and is ended; it looks again at the next start.',
        );
        await this.#kill(worker);
      }
    }
    await this.#save(Math.max(saveMsMin, allMs - (performance.now() - began)));
    await Promise.all(this.#children.map(async (child) => this.#kill(child)));
    // The worker has stopped its server, unless it was killed.
    if (worker && (worker.end()?.code ?? null) === null) await stopDemoStore(this.#folder);
  }

  /** Ends everything at once; what was not saved is lost, and the next start says so. */
  async abandon(): Promise<void> {
    this.#abandoned ??= this.#endAll();
    return this.#abandoned;
  }

  /** What is to be said at the end. */
  get summary(): string {
    if (!this.#story) return 'Stopped.';
    const { arrivals } = this.#story;
    const { count, medianMs, maxMs } = arrivals.summary;
    const times =
      medianMs === null || maxMs === null ? '' : `, median ${seconds(medianMs)}, longest ${seconds(maxMs)}`;
    const onTheWay =
      arrivals.pending === 0 || !this.#isSaved
        ? ''
        : ` On the way, to arrive at the next start: ${number(arrivals.pending)}.`;
    return `Stopped. ${number(count)} changes arrived${times}.${onTheWay}`;
  }

  readonly #keep = (child: Child): void => {
    this.#children.push(child);
  };

  readonly #figures = async (): Promise<Figures | null> => {
    if (!this.#worker || !this.#simulators) return null;
    return readFigures(this.#worker.url, this.#simulators.access, this.#pair.pair.name).catch(() => null);
  };

  async #endAll(): Promise<void> {
    await Promise.all(this.#children.map(async (child) => this.#kill(child)));
    await stopDemoStore(this.#folder);
  }

  async #mark(): Promise<void> {
    await markRunning(
      this.#folder,
      this.#children.map(({ pid }) => pid),
    );
  }

  #hear(event: WorkerEvent): void {
    if (event.event === 'change') this.#story?.hear(event);
    if (event.event !== 'call-failed') return;
    const line = `${systemLabel[event.system]}: ${event.code}: ${event.message} Next: ${event.next}`;
    if (line !== this.#saidFailure) this.#screen.warn(line);
    this.#saidFailure = line;
  }

  async #tellStatus(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(statusEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const now = await this.#figures();
      if (now === null) continue;
      const { count, medianMs } = this.#story?.arrivals.summary ?? { count: 0, medianMs: null };
      const median = medianMs === null ? '' : `, median ${seconds(medianMs)}`;
      const { dim } = this.#screen.paint;
      this.#screen.tell(
        dim(
          `lag ${now.lagSeconds.toFixed(1)} s · queue ${number(now.queue)} · calls: HubSpot ${number(now.calls.hubspot)}, ` +
            `Salesforce ${number(now.calls.salesforce)} · ${number(now.links + now.otherLinks)} links · ${number(now.reviews)} reviews · ` +
            `${number(now.refused)} refused · ${number(count)} changes arrived${median}`,
        ),
      );
    }
  }

  #tellBroken({ child, end }: Broken): number {
    const who = child === this.#workerChild ? 'The worker' : "The simulators' process";
    const words = child.lastWords();
    this.#screen.warn(`${who} ended by itself (${end.signal ?? `exit code ${end.code}`}).`);
    if (words !== '') this.#screen.say(words);
    return end.code === null || end.code === 0 ? exitCode.found : end.code;
  }

  /** A state that cannot be saved leaves the mark of an unclean end in place. */
  async #save(withinMs: number): Promise<void> {
    if (this.#abandoned !== null || !this.#simulators || this.#simulators.child.end() !== null) return;
    try {
      const late = sleep(withinMs, undefined, { ref: false }).then(() => {
        throw new Error(`it took more than ${seconds(withinMs)}`);
      });
      await Promise.race([this.#simulators.save(), late]);
      await markStopped(this.#folder);
      this.#isSaved = true;
    } catch (error) {
      if (this.#abandoned !== null) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#screen.warn(`The simulated systems could not be saved (${why}); the next start begins anew.`);
    }
  }

  async #kill(child: Child): Promise<void> {
    child.kill('SIGKILL');
    await child.ended.catch(() => undefined);
  }
}

interface Broken {
  readonly child: Child;
  readonly end: ChildEnd;
}

const endOf = async (child: Child): Promise<Broken> => ({
  child,
  end: await child.ended.catch(() => ({ code: null, signal: null })),
});
