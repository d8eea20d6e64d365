import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, plainKind } from './codec-kind.ts';

const yes: Canonical = { kind: 'value', key: 'true', text: true };
const no: Canonical = { kind: 'value', key: 'false', text: false };

const decode = (raw: RawValue): Canonical => {
  if (raw === true) return yes;
  if (raw === false) return no;
  const text = cleanText(raw).toLowerCase();
  if (text === '') return blank;
  if (text === 'true') return yes;
  if (text === 'false') return no;
  return { kind: 'foreign', raw, why: 'neither true nor false' };
};

const sides: Sides<SideCodec> = {
  hubspot: { decode, encode: (value) => (value.kind === 'blank' ? clearedHubspot : String(value.text)) },
  salesforce: { decode, encode: (value) => value.kind !== 'blank' && value.text === true },
};

/**
 * Check boxes: 'true' and 'false' in HubSpot, booleans in Salesforce. HubSpot's can be blank, a Salesforce check box cannot: a
 * blank is written there as false. That stays settled, since each side is compared with its own half of the base.
 */
export const boolean: CodecKind = { ...plainKind, make: () => sides };
