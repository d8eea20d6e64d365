/** A value as an API gives or takes it. HubSpot gives strings and nulls only; Salesforce JSON scalars. */
export type RawValue = string | number | boolean | null;

/** Raw values by field name. A field that is not there was not returned: missing is never a value. */
export type RawFields = Readonly<Record<string, RawValue>>;

/**
 * A value in the form in which both systems can be compared. `key` decides equality; `text` is what a write carries,
 * as close to what was entered as the codec allows (the phone number as typed, while its key is E.164).
 * A `foreign` value is one that the codec cannot read: compared by itself, never written elsewhere, never clears, reported.
 */
export type Canonical =
  | { readonly kind: 'blank' }
  | { readonly kind: 'value'; readonly key: string; readonly text: string | number | boolean }
  | { readonly kind: 'foreign'; readonly raw: RawValue; readonly why: string };

export type CanonicalValue = Extract<Canonical, { kind: 'value' }>;

export const blank: Canonical = { kind: 'blank' };

/** Whether two canonical values say the same; equal values never cause a write. */
export const sameCanonical = (a: Canonical, b: Canonical): boolean => {
  if (a.kind === 'value' && b.kind === 'value') return a.key === b.key;
  if (a.kind === 'foreign' && b.kind === 'foreign') return a.raw === b.raw;
  return a.kind === b.kind;
};

/**
 * One side of a field: raw to canonical and back. Laws (test/property): `decode` is total;
 * decode(encode(v)) has v's key; encode(decode(encode(v))) = encode(v).
 */
export interface SideCodec {
  decode(raw: RawValue): Canonical;
  encode(value: Exclude<Canonical, { kind: 'foreign' }>): RawValue;
}
