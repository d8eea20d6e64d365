import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weeklyPage } from '../../../src/commands/report/page.ts';
import { weeklyReport } from '../../../src/lifecycle/report/weekly.ts';
import { makeBusyWeekly, makeWeekly } from '../../lifecycle/report/weekly-input.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => existsSync(path));

/** Where there is a browser: what it makes of the page. */
describe.skipIf(executablePath === undefined)('the page of the weekly report in a browser', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-report-'));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const busy = makeBusyWeekly(300);
  const inputs = {
    busy,
    empty: makeWeekly(),
    '5,000 leads': makeBusyWeekly(5_000),
    'long names': {
      ...busy,
      people: new Map(
        [...busy.people].map(([id, person]) => [id, { ...person, name: long, company: long, source: long }]),
      ),
      owners: new Map([...busy.owners.keys()].map((id) => [id, long])),
    },
  };
  const homes = {
    hubspot: 'https://app.hubspot.com/contacts/1',
    salesforce: 'https://example.my.salesforce.com',
  };

  it.each(Object.keys(inputs).flatMap((name) => [1280, 390].map((width) => [name, width] as const)))(
    '%s: nothing overflows at %i px, and nothing is asked of the network',
    async (name, width) => {
      const file = join(folder, `${name}.html`);
      await writeFile(file, weeklyPage(weeklyReport(inputs[name as keyof typeof inputs]), homes));
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      // The page's own script-free DOM; the browser's side of the test is text, since this project's types know no DOM.
      const seen: unknown = await page.evaluate(`(() => {
      const width = document.documentElement.clientWidth;
      const wide = [...document.querySelectorAll('body *')].filter((each) => {
        const box = each.getBoundingClientRect();
        return box.width > 0 && box.right > width + 1;
      });
      return { scrolls: document.documentElement.scrollWidth > width, wide: wide.map((each) => each.outerHTML.slice(0, 80)) };
    })()`);
      expect(seen).toEqual({ scrolls: false, wide: [] });
      expect(asked).toEqual([pathToFileURL(file).href]);
      await page.close();
    },
  );
});
