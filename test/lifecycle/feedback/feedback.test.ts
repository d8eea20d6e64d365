import { describe, expect, it } from 'vitest';
import { feedbackIn, feedbackValues } from '../../../src/lifecycle/feedback/feedback.ts';
import type { FeedbackRow } from '../../../src/model/journeys.ts';
import type { RawFields } from '../../../src/model/value.ts';

const seen = (fields: RawFields) => ({
  ref: { system: 'salesforce' as const, type: 'Lead', id: '00Q1' },
  fields: { OwnerId: '005A', ...fields },
  stamp: 5_000,
});
const row = (kind: string, value: string | null, at: number, record = '00Q1'): FeedbackRow => ({
  ...{ journeyId: 'j', record, kind, value, at, turn: 1, owner: '005A' },
});

describe('what a record says', () => {
  const fields = { Tandem_Quality__c: '4', Tandem_Good_Because__c: null, Tandem_Competitor__c: ' Polar ' };

  it('is what it did not say before, also that a word was taken back', () => {
    const said = feedbackIn(seen(fields), { Tandem_Good_Because__c: 'Right time', Tandem_Quality__c: '4' });
    expect(said).toEqual([
      { record: '00Q1', kind: 'good-because', value: null, at: 5_000, owner: '005A' },
      { record: '00Q1', kind: 'competitor', value: 'Polar', at: 5_000, owner: '005A' },
    ]);
    expect(feedbackIn(seen(fields), fields)).toEqual([]);
  });

  it('is all that is there where nobody looked, and nothing of what was not read', () => {
    expect(feedbackIn(seen(fields), null).map(({ kind }) => kind)).toEqual(['quality', 'competitor']);
    expect(feedbackIn(seen({}), fields)).toEqual([]);
    expect(feedbackIn(seen(fields), 'unknown')).toHaveLength(3);
  });

  it('is a text, also where the org keeps a number', () => {
    expect(feedbackIn(seen({ Tandem_Quality__c: 4 }), null)).toMatchObject([{ value: '4' }]);
  });
});

describe('what HubSpot shows of it', () => {
  it('is the newest word among lead, contact and deals', () => {
    const rows = [row('quality', '2', 1), row('quality', '5', 9, '006a'), row('competitor', 'Polar', 3)];
    expect(feedbackValues(rows)).toEqual({ tandem_quality: '5', tandem_competitor: 'Polar' });
  });

  it('is empty once nobody says anything any more, and nothing where nobody ever did', () => {
    expect(feedbackValues([row('quality', null, 9), row('quality', '3', 1, '006a')])).toEqual({
      tandem_quality: '3',
    });
    expect(feedbackValues([row('quality', null, 9), row('loss-reason', 'Price', 1)])).toEqual({
      tandem_quality: null,
    });
    expect(feedbackValues([])).toEqual({});
  });

  it('tells why a lead was good, and whether content helped, in the words of the company', () => {
    const rows = [
      ...[row('good-because', 'Right time', 1), row('good-because', 'Tall enough', 2, '006a')],
      ...[row('content', 'Helped', 1), row('content', null, 2)],
    ];
    expect(feedbackValues(rows)).toEqual({
      tandem_good_because: 'Tall enough',
      tandem_content_feedback: 'Helped',
    });
    expect(feedbackValues([row('good-because', null, 3)])).toEqual({ tandem_good_because: null });
  });

  it('is no word that HubSpot would refuse with everything else', () => {
    expect(feedbackValues([row('quality', 'Good', 1)])).toEqual({ tandem_quality: null });
  });
});
