import { describe, expect, it } from 'vitest';
import type { CodecOptions } from '../../../src/mapping/codecs/codec-kind.ts';
import { codecKinds, type KindName } from '../../../src/mapping/codecs/registry.ts';
import type { System } from '../../../src/model/system.ts';
import { blank, type RawValue } from '../../../src/model/value.ts';
import { owners } from './raw-values.ts';

/** Kind, options, side, raw, key (undefined: foreign; null: blank). */
type Case = readonly [KindName, CodecOptions, System, RawValue, string | null | undefined];

const values = { NEW: 'Open', OPEN: 'Open', DONE: 'Closed', '1': 'Hot' };
const employees = { ranges: ['1-5', '5-25', '25-100', '1000+'] };

const cases: readonly Case[] = [
  ['text', {}, 'hubspot', '  Ada ', 'Ada'],
  ['text', {}, 'hubspot', 'ada', 'ada'],
  ['text', {}, 'hubspot', '\u00a0Ada\u00a0', '\u00a0Ada\u00a0'],
  ['text', {}, 'hubspot', '\u3000山田\u2003', '山田'],
  ['text', {}, 'hubspot', 'A\0da', 'Ada'],
  ['text', {}, 'hubspot', 'A\ud800', 'A\ufffd'],
  ['text', {}, 'salesforce', 0, '0'],
  ['text', {}, 'salesforce', false, 'false'],
  ['long-text', {}, 'hubspot', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
  ['email', {}, 'hubspot', ' Ada@Example.COM ', 'ada@example.com'],
  ['email', {}, 'hubspot', "o'brien+x@mail.example.co.uk", "o'brien+x@mail.example.co.uk"],
  ['email', {}, 'hubspot', '\u212aim@example.com', undefined],
  ['email', {}, 'hubspot', 'kim@boo\u212a.example', undefined],
  ['email', {}, 'hubspot', 'a..b@example.com', undefined],
  ['email', {}, 'hubspot', '.a@example.com', undefined],
  ['email', {}, 'hubspot', 'a@localhost', undefined],
  ['email', {}, 'hubspot', 'a@127.0.0.1', undefined],
  ['email', {}, 'hubspot', 'a@-example.com', undefined],
  ['email', {}, 'hubspot', 'a@example.com, b@example.com', undefined],
  ['email', {}, 'hubspot', `${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ['email', {}, 'hubspot', `${'a'.repeat(65)}@example.com`, undefined],
  ['email', {}, 'hubspot', `a@${'b'.repeat(63)}.example`, `a@${'b'.repeat(63)}.example`],
  ['email', {}, 'hubspot', `a@${'b'.repeat(64)}.example`, undefined],
  ['email', {}, 'hubspot', `a@${'b.'.repeat(126)}com`, undefined],
  ['email', {}, 'hubspot', true, undefined],
  ['phone', {}, 'hubspot', '+1 (415) 555-2671', '+14155552671'],
  ['phone', { country: 'US' }, 'hubspot', '(415) 555-2671', '+14155552671'],
  ['phone', { country: 'US' }, 'hubspot', '415.555.2671 ext. 12', '+14155552671;ext=12'],
  ['phone', { country: 'DE' }, 'hubspot', '030 901820', '+4930901820'],
  ['phone', {}, 'hubspot', '0049 30 901820', '+4930901820'],
  ['phone', {}, 'hubspot', '(415) 555-2671', '4155552671'],
  ['phone', { country: 'US' }, 'hubspot', '12-34', '1234'],
  ['phone', { country: 'US' }, 'hubspot', '1-800-FLOWERS', '1-800-FLOWERS'],
  ['phone', { country: 'US' }, 'hubspot', 'ask Bob: 415 555 2671', 'ask Bob: 415 555 2671'],
  ['phone', {}, 'hubspot', '()', '()'],
  ['url', {}, 'hubspot', 'http://Example.com/', 'example.com'],
  ['url', {}, 'hubspot', 'HTTPS://example.com', 'example.com'],
  ['url', {}, 'hubspot', 'Example.com/Path/?Q=1', 'example.com/Path/?Q=1'],
  ['url', {}, 'hubspot', 'www.example.com', 'www.example.com'],
  ['url', {}, 'hubspot', 'http://', 'http://'],
  ['country', {}, 'hubspot', 'united states', 'US'],
  ['country', {}, 'hubspot', 'usa', 'US'],
  ['country', {}, 'salesforce', 'US', 'US'],
  ['country', {}, 'salesforce', 'UK', 'GB'],
  ['country', {}, 'salesforce', 'Germany', 'DE'],
  ['country', {}, 'salesforce', 'Deutschland', 'Deutschland'],
  ['country', {}, 'salesforce', 'Viet Nam', 'VN'],
  ['country', {}, 'hubspot', 'Vietnam', 'VN'],
  ['country', {}, 'salesforce', 'Bosnia and Herzegovina', 'BA'],
  ['country', {}, 'hubspot', 'Bosnia & Herzegovina', 'BA'],
  ['country', {}, 'salesforce', "Cote d'Ivoire", 'CI'],
  ['country', {}, 'salesforce', 'Saint Lucia', 'LC'],
  ['country', {}, 'salesforce', 'Korea, Republic of', 'KR'],
  ['country-code', {}, 'hubspot', 'united kingdom', 'GB'],
  ['country-code', {}, 'hubspot', 'uk', 'GB'],
  ['country-code', {}, 'salesforce', 'GB', 'GB'],
  ['country-code', {}, 'hubspot', 'Deutschland', undefined],
  ['country-code', {}, 'salesforce', 'XX', undefined],
  ['percent', {}, 'hubspot', '0.15', '15'],
  ['percent', {}, 'hubspot', '0.07', '7'],
  ['percent', {}, 'salesforce', 7, '7'],
  ['percent', { scale: 0 }, 'hubspot', '0.126', '13'],
  // Summer time of Berlin began on 2026-03-29 at 02:00; the day is that of the clocks on the wall.
  ['date', { zone: 'Europe/Berlin' }, 'hubspot', '2026-03-28T23:30:00Z', '2026-03-29'],
  ['date', { zone: 'Europe/Berlin' }, 'hubspot', '2026-03-29T21:59:59Z', '2026-03-29'],
  ['date', { zone: 'Europe/Berlin' }, 'hubspot', '2026-03-29T22:00:00Z', '2026-03-30'],
  ['date', { zone: 'Europe/Berlin' }, 'salesforce', '2026-03-29', '2026-03-29'],
  ['date', { zone: 'America/Los_Angeles' }, 'hubspot', '1774742400000', '2026-03-28'],
  ['reference', { of: 'owner', references: owners }, 'hubspot', '1', '005000000000001AAA'],
  ['reference', { of: 'owner', references: owners }, 'hubspot', '13', undefined],
  ['reference', { of: 'owner', references: owners }, 'salesforce', '005000000000001', '005000000000001AAA'],
  ['reference', { of: 'owner', references: owners }, 'salesforce', '00G000000000001AAA', undefined],
  ['reference', { of: 'owner' }, 'hubspot', '1', undefined],
  ['number', {}, 'hubspot', '1.0E7', '10000000'],
  ['number', {}, 'hubspot', '-0.50', '-0.5'],
  ['number', {}, 'hubspot', '-0', '0'],
  ['number', {}, 'salesforce', 0, '0'],
  ['number', {}, 'salesforce', 1e-7, '0.0000001'],
  ['number', {}, 'hubspot', '1,000', undefined],
  ['number', {}, 'hubspot', '0x10', undefined],
  ['number', {}, 'hubspot', 'Infinity', undefined],
  ['number', {}, 'hubspot', '1e999', undefined],
  ['number', {}, 'salesforce', Number.NaN, undefined],
  ['number', {}, 'salesforce', true, undefined],
  ['currency', {}, 'hubspot', '1000.505', '1000.5'],
  ['currency', { scale: 0 }, 'hubspot', '1000.5', '1001'],
  ['currency', { scale: 0 }, 'hubspot', '-1000.5', '-1001'],
  ['range', employees, 'salesforce', 5, '1-5'],
  ['range', employees, 'salesforce', 6, '5-25'],
  ['range', employees, 'salesforce', 5000, '1000+'],
  ['range', employees, 'salesforce', 0, undefined],
  ['range', employees, 'salesforce', 500, undefined],
  ['range', employees, 'hubspot', '5-25', '5-25'],
  ['range', employees, 'hubspot', '6', undefined],
  ['enum', { values: { OFFLINE: '', WEB: 'Web' } }, 'hubspot', 'OFFLINE', null],
  ['integer', {}, 'hubspot', '12.0', '12'],
  ['integer', {}, 'hubspot', '12.5', undefined],
  ['boolean', {}, 'hubspot', 'true', 'true'],
  ['boolean', {}, 'hubspot', 'FALSE', 'false'],
  ['boolean', {}, 'salesforce', false, 'false'],
  ['boolean', {}, 'hubspot', 'yes', undefined],
  ['boolean', {}, 'salesforce', 0, undefined],
  ['date', {}, 'hubspot', '2020-02-29', '2020-02-29'],
  ['date', {}, 'hubspot', '2021-02-29', undefined],
  ['date', {}, 'hubspot', '1582934400000', '2020-02-29'],
  ['date', {}, 'hubspot', '1582934400001', undefined],
  ['date', {}, 'salesforce', '1582934400000', undefined],
  ['date', {}, 'salesforce', '2020', undefined],
  ['datetime', {}, 'hubspot', '2020-02-29T03:30:17.999Z', '2020-02-29T03:30:17.000Z'],
  ['datetime', {}, 'salesforce', '2020-02-29T03:30:17.000+0000', '2020-02-29T03:30:17.000Z'],
  ['datetime', {}, 'salesforce', '2020-02-29T03:30:17-05:00', '2020-02-29T08:30:17.000Z'],
  ['datetime', {}, 'hubspot', '1582947017999', '2020-02-29T03:30:17.000Z'],
  ['datetime', {}, 'hubspot', '2020-02-29T03:30:17', undefined],
  ['datetime', {}, 'hubspot', '2020-02-30T03:30:17Z', undefined],
  ['enum', {}, 'hubspot', ' Web ', 'Web'],
  ['enum', { values }, 'hubspot', 'NEW', 'Open'],
  ['enum', { values }, 'hubspot', 'OPEN', 'Open'],
  ['enum', { values }, 'hubspot', '1', 'Hot'],
  ['enum', { values }, 'hubspot', 'Open', undefined],
  ['enum', { values }, 'salesforce', 'Closed', 'Closed'],
  ['enum', { values }, 'salesforce', 'DONE', undefined],
  ['enum', { values }, 'hubspot', 'constructor', undefined],
  ['multi-enum', {}, 'hubspot', ';b;a;;b', 'a;b'],
  ['multi-enum', {}, 'hubspot', ';;', null],
  ['multi-enum', { values }, 'hubspot', 'DONE;NEW', 'Closed;Open'],
  ['multi-enum', { values }, 'hubspot', 'DONE;other', undefined],
];

describe('keys', () => {
  it.each(cases)('%s %j on %s: %j', (name, options, side, raw, key) => {
    const value = codecKinds[name].make(options)[side].decode(raw);
    if (key === null) expect(value).toEqual(blank);
    else if (key === undefined) expect(value).toMatchObject({ kind: 'foreign', raw });
    else expect(value).toMatchObject({ kind: 'value', key });
  });
});

/** Kind, options, from, raw, what the other side is sent. */
type Crossing = readonly [KindName, CodecOptions, System, RawValue, RawValue];

const crossings: readonly Crossing[] = [
  ['phone', { country: 'US' }, 'hubspot', ' (415) 555-2671 ', '(415) 555-2671'],
  ['url', {}, 'hubspot', 'http://Example.com/', 'http://Example.com/'],
  ['email', {}, 'hubspot', 'Ada@Example.com', 'ada@example.com'],
  ['country', {}, 'hubspot', 'USA', 'USA'],
  ['number', {}, 'hubspot', '1000.50', 1000.5],
  ['number', {}, 'salesforce', 1e-7, '0.0000001'],
  ['number', {}, 'salesforce', 123456789012345680, '123456789012345680'],
  ['currency', { scale: 0 }, 'hubspot', '1000.5', 1001],
  ['boolean', {}, 'hubspot', 'true', true],
  ['boolean', {}, 'salesforce', false, 'false'],
  ['boolean', {}, 'hubspot', '', false],
  ['date', {}, 'hubspot', '1582934400000', '2020-02-29'],
  ['datetime', {}, 'salesforce', '2020-02-29T03:30:17.000+0000', '2020-02-29T03:30:17.000Z'],
  ['enum', { values }, 'hubspot', 'OPEN', 'Open'],
  ['enum', { values }, 'salesforce', 'Open', 'NEW'],
  ['multi-enum', {}, 'hubspot', ';b;a', 'b;a'],
  ['multi-enum', { values }, 'salesforce', 'Open;Closed', 'NEW;DONE'],
  ['text', {}, 'salesforce', null, ''],
  ['text', {}, 'hubspot', '', null],
];

describe('what the other side is sent', () => {
  it.each(crossings)('%s %j from %s: %j → %j', (name, options, from, raw, sent) => {
    const codecs = codecKinds[name].make(options);
    const value = codecs[from].decode(raw);
    if (value.kind === 'foreign') throw new Error(`foreign: ${value.why}`);
    expect(codecs[from === 'hubspot' ? 'salesforce' : 'hubspot'].encode(value)).toBe(sent);
  });
});
