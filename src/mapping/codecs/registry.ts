import { boolean } from './boolean.ts';
import type { CodecKind } from './codec-kind.ts';
import { country, countryCode } from './country.ts';
import { currency } from './currency.ts';
import { date } from './date.ts';
import { datetime } from './datetime.ts';
import { domain } from './domain.ts';
import { email } from './email.ts';
import { enumeration } from './enum.ts';
import { integer } from './integer.ts';
import { longText } from './long-text.ts';
import { multiEnum } from './multi-enum.ts';
import { number } from './number.ts';
import { percent } from './percent.ts';
import { phone } from './phone.ts';
import { range } from './range.ts';
import { reference } from './reference.ts';
import { text } from './text.ts';
import { url } from './url.ts';

/** The kinds that a mapping's `kind` may name. */
export const kindNames = [
  'text',
  'long-text',
  'email',
  'phone',
  'url',
  'domain',
  'country',
  'country-code',
  'number',
  'integer',
  'currency',
  'percent',
  'boolean',
  'date',
  'datetime',
  'enum',
  'multi-enum',
  'reference',
  'range',
] as const;
export type KindName = (typeof kindNames)[number];

/**
 * Goes into the hash of a mapping: raise it when a codec gives another key for the same raw value, so that stored keys are
 * made anew and no such difference is taken for somebody's edit.
 */
export const codecVersion = 3;

export const codecKinds: Record<KindName, CodecKind> = {
  text,
  'long-text': longText,
  email,
  phone,
  url,
  domain,
  country,
  'country-code': countryCode,
  number,
  integer,
  currency,
  percent,
  boolean,
  date,
  datetime,
  enum: enumeration,
  'multi-enum': multiEnum,
  reference,
  range,
};
