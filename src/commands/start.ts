import { loadMappings } from '../mapping/load.ts';
import { makePeoplePlan } from '../sandbox/people/plan.ts';
import { type SandboxAccess, sandboxDefaults } from '../sandbox/start.ts';
import { exitCode } from './exit.ts';
import { shellPath } from './shell-path.ts';
import { Demo } from './start/demo.ts';
import { type Beginning, type DemoFolder, demoFolderOf, openDemoFolder } from './start/demo-folder.ts';
import { findStoryPair } from './start/editable-fields.ts';
import { listenForStop } from './start/listen-for-stop.ts';
import { number, Screen } from './start/screen.ts';
import type { Worker } from './start/worker.ts';

export interface StartOptions {
  readonly config: string;
  readonly data: string;
  /** The worker's; another free one is taken when it is in use. */
  readonly port: number;
  readonly contacts: number;
  readonly leads: number;
  readonly editsPerMinute: number;
}

const tellBeginning = (screen: Screen, beginning: Beginning, options: StartOptions): void => {
  const { bold } = screen.paint;
  screen.say(
    `${bold('Tandem')}, a demonstration: two simulated systems, one worker, two colleagues at work.`,
  );
  screen.say('It needs no credentials, and nothing leaves this machine.');
  screen.say();
  if (beginning.kind === 'go-on') {
    screen.say('Goes on with the people and the state of the last time.');
  } else {
    if (beginning.kind === 'anew') screen.say(`${beginning.why}, so it begins anew.`);
    screen.say(
      `HubSpot begins with ${number(options.contacts)} contacts, Salesforce with ${number(options.leads)} leads; some are the same people.`,
    );
  }
};

const tellPlaces = (
  screen: Screen,
  access: SandboxAccess,
  worker: Worker,
  folder: DemoFolder,
  wishedPort: number,
): void => {
  const data = shellPath(folder.root);
  const moved = (url: string, wished: number): string =>
    wished === 0 || Number(new URL(url).port) === wished ? '' : `  (port ${wished} is in use)`;
  screen.say();
  screen.say(`  HubSpot     ${access.hubspot}${moved(access.hubspot, sandboxDefaults.hubspotPort)}`);
  screen.say(`  Salesforce  ${access.salesforce}${moved(access.salesforce, sandboxDefaults.salesforcePort)}`);
  screen.say(`  Worker      ${worker.url}  /health/ready, /metrics${moved(worker.url, wishedPort)}`);
  screen.say(`  Data        ${data}`);
  screen.say();
  screen.say(`  Ctrl-C stops it; started again, it goes on. To begin anew: rm -r ${data}`);
  screen.say(`  Meanwhile, in another terminal: bin/tandem status --data ${data}`);
  screen.say();
};

/**
 * `npm start`: both simulators, the worker and two colleagues who edit, told in plain lines until Ctrl-C. Simulators and
 * worker are processes of their own. Answers the exit code.
 * @throws UsageError when the configuration cannot show it, or a demonstration runs in the same folder.
 */
export const startCommand = async (options: StartOptions): Promise<number> => {
  const screen = new Screen(process.stdout, process.env);
  const story = findStoryPair(loadMappings(options.config).pairs, options.config);
  const folder = demoFolderOf(options.data);
  const beginning = await openDemoFolder(folder);
  const { contacts, leads, port, config, editsPerMinute } = options;
  // Whoever is in Salesforce; of HubSpot's own those alone for whom the mapping makes a lead.
  const isColdLeft = story.pair.create.salesforce === 'sales-ready';
  const { shared } = makePeoplePlan(sandboxDefaults.seed, contacts, leads);
  const people = isColdLeft ? leads : contacts + leads - shared;
  const goOn = beginning.kind === 'go-on';
  const demo = new Demo(
    { config, contacts, leads, port, editsPerMinute, people, goOn },
    folder,
    screen,
    story,
  );
  let abandoned: Promise<void> | null = null;
  const stop = listenForStop(() => {
    if (abandoned !== null) return;
    screen.say('Ended at once; the next start begins anew.');
    abandoned = demo.abandon().finally(() => process.exit(exitCode.found));
  });
  try {
    tellBeginning(screen, beginning, options);
    const simulators = await demo.startSimulators();
    return await demo.run(simulators, stop, (worker) =>
      tellPlaces(screen, simulators.access, worker, folder, port),
    );
  } finally {
    await demo.stop();
    await abandoned;
    screen.say(demo.summary);
    stop.dispose();
  }
};
