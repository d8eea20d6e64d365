import type { FieldMapping } from './mapping.ts';
import type { RawFields } from './value.ts';

/** The code of a record's currency in a Salesforce org that has several; an org with one has no such field (object reference, CurrencyIsoCode). */
export const salesforceCurrency = 'CurrencyIsoCode';

/** The code of a deal's currency; its options are the currencies of the account (HubSpot, default deal properties). */
export const hubspotCurrency = 'deal_currency_code';

/** Whether `codes` of a mapping names a currency itself (ISO 4217) and no field: neither system has fields of three capitals. */
export const isCurrencyCode = (name: string): boolean => /^[A-Z]{3}$/.test(name);

/** The currency of a record's amounts by `codes` of the mapping; empty where the record does not say. */
export const currencyOf = (name: string, fields: RawFields): string =>
  isCurrencyCode(name) ? name : String(fields[name] ?? '').trim();

/** The mapped field that carries the currency of this one from side to side; undefined where the mapping has none. */
export const currencyFieldOf = <F extends Pick<FieldMapping, 'fields'>>(
  { currencyCodes }: Pick<FieldMapping, 'currencyCodes'>,
  all: readonly F[],
): F | undefined =>
  currencyCodes &&
  all.find(
    ({ fields }) =>
      fields.hubspot === currencyCodes.hubspot && fields.salesforce === currencyCodes.salesforce,
  );
