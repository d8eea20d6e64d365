import { domainOf } from '../../model/domain.ts';
import { blank, type Canonical, type RawValue } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';

const decode = (raw: RawValue): Canonical => {
  const text = cleanText(raw);
  if (text === '') return blank;
  const domain = domainOf(text);
  return domain === null
    ? { kind: 'foreign', raw, why: 'it names no domain' }
    : { kind: 'value', key: domain, text: domain };
};

/**
 * The domain of a company: web addresses are equal when their domain is, so that what a person typed as an address stays as it is. The
 * domain alone is written. Records are found by it whatever their address looks like (RecordSystem.findByDomain).
 */
export const domain: CodecKind = {
  ...plainKind,
  findable: true,
  make: () => ({
    hubspot: {
      decode,
      encode: (value) => (value.kind === 'blank' ? clearedHubspot : String(value.text)),
    },
    salesforce: {
      decode,
      encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
    },
  }),
};
