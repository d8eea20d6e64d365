import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgementBy, scoreJson, scoreWords } from '../../src/commands/score/explain-score.ts';
import { compareScoring, comparisonWords, readScoring } from '../../src/commands/score/what-if.ts';
import { newStored } from '../../src/lifecycle/look/look.ts';
import { toActivityRow, toJourneyRow } from '../../src/lifecycle/run/rows.ts';
import { scoresOf } from '../../src/lifecycle/run/stored-scores.ts';
import type { Activity } from '../../src/lifecycle/scoring/activity.ts';
import { recompute } from '../../src/lifecycle/scoring/engagement.ts';
import { rulesHash } from '../../src/lifecycle/scoring/rules-hash.ts';
import { MappingError } from '../../src/mapping/finding.ts';
import type { ActivityRow, JourneyRow } from '../../src/model/journeys.ts';
import { makeActivity, modelOf } from '../lifecycle/scoring/scoring-model.ts';
import { loadWith, shippedText } from '../lifecycle/shipped-files.ts';

const now = Date.UTC(2026, 5, 1);
const shipped = shippedText('scoring.yaml');
const today = modelOf(shipped);
const generous = shipped.replace('points: 10, cap: 30', 'points: 40, cap: 40');
const strict = shipped.replace("fit in ['A', 'B'] && engagement <= 2", "fit == 'A' && engagement == 1");
const loaded = loadWith({});

const pricing = (key: string, at = now): Activity =>
  makeActivity(key, at, { type: 'pageView', url: 'https://us.com/pricing' });

interface Kept {
  readonly row: JourneyRow;
  readonly activities: readonly ActivityRow[];
}

/** A head of a company of 200 (fit A) who saw these pages; `returnedAt` when sales gave them back. */
const makeKept = (number: number, pages: readonly Activity[], returnedAt: number | null = null): Kept => {
  const id = `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
  const stored = newStored(id, String(1_000 + number), now);
  const fields = {
    email: `p${number}@acme.com`,
    jobtitle: 'Head of Sales',
    company: 'Acme',
    numemployees: '100-500',
    phone: '+1 415 555 2671',
  };
  return {
    row: {
      ...toJourneyRow({
        ...stored,
        journey: { ...stored.journey, returnedAt },
        contact: { type: 'contacts', id: stored.contactId, fields },
        tally: recompute(pages, today),
        earned:
          returnedAt === null
            ? null
            : recompute(
                pages.filter(({ at }) => at > returnedAt),
                today,
              ),
        rules: rulesHash(today),
      }),
      version: 1,
    },
    activities: pages.map(toActivityRow),
  };
};

/** A store of these people that counts how much of it is asked for at once. */
const storeOf = (people: readonly Kept[]) => {
  const asked = { pages: 0, historiesMax: 0 };
  const byId = new Map(people.map(({ row, activities }) => [row.id, activities]));
  return {
    asked,
    journeysAfter: async (after: string | null, limit: number) => {
      asked.pages += 1;
      return people
        .map(({ row }) => row)
        .filter(({ id }) => after === null || id > after)
        .slice(0, limit);
    },
    history: async (ids: readonly string[]) => {
      asked.historiesMax = Math.max(asked.historiesMax, ids.length);
      return new Map(ids.map((id) => [id, byId.get(id) ?? []]));
    },
  };
};

describe('tandem score RECORD', () => {
  it('explains every line from what is stored', async () => {
    const kept = makeKept(1, [pricing('a', now - 1_000), pricing('b')]);
    const store = storeOf([kept]);
    const [scored] = await scoresOf(store, [kept.row], [today]);
    if (scored === undefined) throw new Error('nobody was scored');
    const judgement = judgementBy(scored, 0, today, now);
    const json = scoreJson(scored, judgement, today.version);
    expect(json).toMatchObject({
      version: '1',
      contactId: '1001',
      fit: 'A',
      ready: '2026-1',
      excluded: null,
    });
    expect(json.lines).toContainEqual(
      expect.objectContaining({ rule: 'Pricing page', count: 2, newestAt: new Date(now).toISOString() }),
    );
    expect(Math.round(json.lines.reduce((sum, { points }) => sum + points, 0))).toBe(json.score);
    const words = scoreWords(scored, judgement, today.version);
    expect(words).toContain('sales-ready by 2026-1 (scoring.yaml 1)');
    expect(words).toMatch(/\+20 {2}engagement {2}Pricing page \(2 times, last 2026-06-01/);
    // Counted by these rules already: nothing of what they did had to be read.
    expect(store.asked.historiesMax).toBe(0);
  });

  it('counts anew what was counted by other rules', async () => {
    const kept = makeKept(1, [pricing('a')]);
    const other = modelOf(generous);
    const [scored] = await scoresOf(storeOf([kept]), [kept.row], [other]);
    expect(scored?.by[0]?.tally['Pricing page']?.value).toBe(40);
  });
});

describe('tandem score --what-if FILE', () => {
  const compare = async (people: readonly Kept[], text: string) => {
    const store = storeOf(people);
    const models = { before: today, after: modelOf(text) };
    return { ...(await compareScoring(store, loaded, models, now)), asked: store.asked };
  };

  it('names who would come in and who would go, page by page', async () => {
    const people = Array.from({ length: 450 }, (_, n) => makeKept(n, n % 3 === 0 ? [pricing('a')] : []));
    const found = await compare(people, generous);
    expect(found.people).toBe(450);
    expect(found.entering).toHaveLength(150);
    expect(found.entering.slice(0, 2)).toEqual(['1000', '1003']);
    expect([found.leaving, found.stayReady, found.stayNot]).toEqual([[], 0, 300]);
    expect(found.samples.entering).toHaveLength(5);
    expect(found.samples.entering[0]).toMatchObject({ before: { ready: null }, after: { ready: '2026-1' } });
    expect(found.asked).toEqual({ pages: 3, historiesMax: 200 });
    expect(comparisonWords(found)).toContain('contacts 1000, 1003');
    expect(comparisonWords(found)).toContain('and 130 more');
  });

  it('reads nothing of what they did where only the definition is another', async () => {
    const ready = makeKept(1, [pricing('a', now - 1), pricing('b')]);
    const found = await compare([ready], strict);
    expect([found.leaving, found.asked.historiesMax]).toEqual([['1001'], 0]);
    expect(found.samples.leaving[0]?.after.why).toBe('not sales-ready by 2026-1');
  });

  it('counts only what came since sales gave them back', async () => {
    const people = [
      makeKept(1, [pricing('a', now - 2_000)], now - 1_000),
      makeKept(2, [pricing('a')], now - 1_000),
    ];
    expect((await compare(people, generous)).entering).toEqual(['1002']);
  });

  it('the same file changes nothing', async () => {
    const found = await compare([makeKept(1, [pricing('a')])], shipped);
    expect([found.entering, found.leaving, found.unreadFields]).toEqual([[], [], []]);
  });

  it('tells of fields that nobody has read yet', async () => {
    const text = shipped.replace('contact.company != null', 'contact.twitterhandle == "Software"');
    expect((await compare([], text)).unreadFields).toEqual(['contact.twitterhandle']);
  });

  const folder = mkdtempSync(join(tmpdir(), 'tandem-score-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  it('refuses a file that is wrong or not there', () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, shipped.replace('half-life-days: 30', 'half-life-days: soon'));
    const refused = (() => {
      try {
        return readScoring(wrong);
      } catch (error) {
        return error;
      }
    })();
    if (!(refused instanceof MappingError)) throw new Error('a wrong file was taken');
    expect(refused.message).toMatch(/^There is 1 thing to correct in the scoring file:\n/);
    expect(refused.next).toContain('docs/admins/lifecycle.md explains every key');
    expect(() => readScoring(join(folder, 'nowhere.yaml'))).toThrow(/nowhere/);
    writeFileSync(wrong, shipped);
    expect(readScoring(wrong).version).toBe('1');
  });
});
