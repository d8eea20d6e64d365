import { UsageError } from '../model/failure.ts';
import { type FieldMapping, isPrimaryAssociation } from '../model/mapping.ts';
import { type RecordRef, systemLabel } from '../model/system.ts';
import type { RawFields, RawValue } from '../model/value.ts';
import { partsToSend } from '../sync/composed-system.ts';

/** A value that a person gives, by the names that its system knows. @throws UsageError for what no command writes */
export const asKnown = (field: FieldMapping, ref: RecordRef, value: RawValue): RawFields => {
  if (field.ties || (ref.system === 'hubspot' && isPrimaryAssociation(ref.type, field))) {
    throw new UsageError(
      `'${field.name}' is who belongs together, and no value of the record.`,
      `Change it in ${systemLabel[ref.system]}; it flows by itself.`,
    );
  }
  if (field.latch) {
    throw new UsageError(
      'Consent is never taken back by Tandem.',
      'Ask the person; they can subscribe again.',
    );
  }
  return field.parts
    ? partsToSend({ ...field, parts: field.parts }, ref.system, value, undefined)
    : { [field.fields[ref.system]]: value };
};
