import { describe, expect, it } from 'vitest';
import { checkFile } from '../../../src/lifecycle/config/check-file.ts';
import { lifecycleKind } from '../../../src/lifecycle/config/files.ts';
import { lookFieldsOf } from '../../../src/lifecycle/look/fields.ts';
import { lookAt, newStored } from '../../../src/lifecycle/look/look.ts';
import type { StoredJourney } from '../../../src/lifecycle/look/stored.ts';
import type { Fact } from '../../../src/lifecycle/stage/facts.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { loadWith, makeDefinition, shippedText } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const minute = 60_000;
const { scoring } = loadWith({});
if (scoring === null) throw new Error('the shipped scoring.yaml is wrong');

/** The shipped file with its commented examples switched on. */
const text = shippedText('lifecycle.yaml').replace(
  /^( {2}(?:at-risk|lost): .*) \} # (, entry: .*\})$/gm,
  '$1$2',
);
const { built, findings } = checkFile(lifecycleKind, { file: 'config/lifecycle.yaml', text });
if (built === null) throw new Error(JSON.stringify(findings));
const ruled = { lifecycle: built, scoring, sinceAt: now - 60 * minute };
const shipped = { ...ruled, lifecycle: makeDefinition() };

const at = (after: number): number => now + after * minute;
const look = (
  stored: StoredJourney,
  health: string | null,
  after: number,
  models = ruled,
  more: RawFields = {},
) =>
  lookAt(
    stored,
    {
      contact: {
        ref: { system: 'hubspot', type: 'contacts', id: '7' },
        fields: { email: 'vera@nordlys.example', customer_health: health, ...more },
        stamp: at(after),
        createdAt: now,
        byUs: false,
      },
      sales: null,
    },
    [],
    models,
    at(after),
  );
const ways = ({ transitions }: ReturnType<typeof look>): readonly string[] =>
  transitions.map(({ from, to, cause }) => `${from} → ${to} (${cause})`);
const fact = (kind: 'won' | 'grew', after: number): Fact => ({
  kind,
  key: `${kind}/${after}`,
  at: at(after),
  by: 'salesforce',
  opportunity: '006a',
});
const told = (stored: StoredJourney, ...facts: readonly Fact[]): StoredJourney => ({ ...stored, facts });
const inStage = (stage: Stage): StoredJourney => {
  const { stored } = look(newStored('j', '7', now), 'green', 0);
  return { ...stored, journey: { ...stored.journey, stage } };
};

describe("the company's rules of customers", () => {
  it('read the field that they name', () => {
    const loaded = loadWith({ 'lifecycle.yaml': text });
    expect(lookFieldsOf(loaded).contact).toContain('customer_health');
  });

  it('say who is at risk, and who no longer is, once each', () => {
    const red = look(inStage('customer'), 'red', 1);
    expect(ways(red)).toEqual(['customer → at-risk (at-risk)']);
    expect(ways(look(red.stored, 'red', 2))).toEqual([]);
    const green = look(red.stored, 'green', 3);
    expect(ways(green)).toEqual(['at-risk → customer (recovered)']);
    expect(ways(look(green.stored, 'green', 4))).toEqual([]);
  });

  it('say who is lost, who is won back later, and lost again only by a new word', () => {
    const lost = look(inStage('at-risk'), 'churned', 1);
    expect(ways(lost)).toEqual(['at-risk → lost (churned)']);
    const day = 24 * 60;
    const later = look(lost.stored, 'churned', 91 * day);
    expect(ways(later)).toEqual(['lost → win-back (cooled)']);
    const again = look(told(later.stored, fact('won', 92 * day)), 'churned', 92 * day);
    expect(ways(again)).toEqual(['win-back → customer (won)']);
    const green = look(again.stored, 'green', 93 * day);
    expect(ways(look(green.stored, 'churned', 94 * day))).toEqual(['customer → lost (churned)']);
  });

  it('leave who grows in peace until the rule begins to hold anew', () => {
    const red = look(inStage('customer'), 'red', 1);
    const grown = look(told(red.stored, fact('grew', 2)), 'red', 2);
    expect(ways(grown)).toEqual(['at-risk → growing (grew)']);
    expect(ways(look(grown.stored, 'red', 3))).toEqual([]);
    const green = look(grown.stored, 'green', 4);
    expect(ways(look(green.stored, 'red', 5))).toEqual(['growing → at-risk (at-risk)']);
  });

  it('count at once for who has just bought, and never for who has not', () => {
    expect(ways(look(told(inStage('opportunity'), fact('won', 1)), 'red', 1))).toEqual([
      'opportunity → customer (won)',
      'customer → at-risk (at-risk)',
    ]);
    for (const stage of ['lead', 'working', 'opportunity', 'nurture'] as const) {
      const looked = look(inStage(stage), 'churned', 1);
      expect([stage, ways(looked), looked.stored.journey.churnedAt]).toEqual([stage, [], null]);
    }
  });

  it("say who has bought before anybody looked, as shipped by HubSpot's own stage, and tell it once", () => {
    const buys = { lifecyclestage: 'customer', company: 'Nordlys' };
    const first = look(newStored('j', '7', now), null, 0, shipped, buys);
    expect(ways(first)).toEqual(['subscriber → customer (bought)']);
    expect(ways(look(first.stored, null, 1, shipped, buys))).toEqual([]);
    const asked = { ...first.stored, facts: [{ ...fact('won', 2), kind: 'asked' } as const] };
    const handed = look(asked, null, 2, shipped, buys);
    expect(ways(handed)).toEqual(['customer → sales-ready (asked)']);
    expect(ways(look(handed.stored, null, 3, shipped, buys))).toEqual([]);
    const day = 24 * 60;
    expect(ways(look(handed.stored, null, 15 * day, shipped, buys))).toEqual([
      'sales-ready → customer (stalled)',
    ]);
    const advocate = { ...buys, lifecyclestage: 'evangelist' };
    expect(ways(look(newStored('j', '7', now), null, 0, shipped, advocate))).toEqual([
      'subscriber → customer (bought)',
    ]);
    expect(ways(look(newStored('j', '7', now), null, 0, shipped, { lifecyclestage: 'lead' }))).toEqual([]);
  });

  it('take nobody away from a rep who becomes a customer by a rule, and out of nurture whoever does', () => {
    const buys = { lifecyclestage: 'customer' };
    const worked = look(inStage('working'), null, 1, shipped, buys);
    expect(ways(worked)).toEqual([]);
    expect(ways(look(worked.stored, null, 20 * 24 * 60, shipped, buys))).toEqual([
      'working → customer (stalled)',
    ]);
    expect(ways(look(inStage('nurture'), null, 1, shipped, buys))).toEqual(['nurture → customer (bought)']);
  });

  it('make nobody a customer again who was lost while the field said so', () => {
    const buys = { lifecyclestage: 'customer' };
    const lost = look(
      look(newStored('j', '7', now), 'green', 0, ruled, buys).stored,
      'churned',
      1,
      ruled,
      buys,
    );
    expect(ways(lost)).toEqual(['customer → lost (churned)']);
    expect(ways(look(lost.stored, 'green', 2, ruled, buys))).toEqual([]);
    const left = look(lost.stored, 'green', 3, ruled, { lifecyclestage: 'opportunity' });
    expect(ways(look(left.stored, 'green', 4, ruled, buys))).toEqual(['lost → customer (bought)']);
  });

  it('count at once for who is found to have bought', () => {
    const first = look(newStored('j', '7', now), 'red', 0, ruled, { lifecyclestage: 'customer' });
    expect(ways(first)).toEqual(['subscriber → customer (bought)', 'customer → at-risk (at-risk)']);
  });

  it('are none as shipped', () => {
    expect(ways(look(inStage('customer'), 'churned', 1, shipped))).toEqual([]);
    expect(ways(look(inStage('at-risk'), 'green', 1, shipped))).toEqual([]);
  });
});
