import type { Refusal } from '../../core/message.ts';
import { type ErrorParts, invalidValuesErrors, invalidValuesMessage, refuse } from '../http/errors.ts';
import type { InvalidValue } from './values.ts';

/** Why one row of a write is refused. Nothing of the row was executed. */
export interface RowError {
  readonly status: number;
  readonly category: string;
  readonly message: string;
  /** What a batch without trace ids says instead, where that differs. */
  readonly batchMessage?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  /** Values that were refused; a batch refused as a whole lists those of all its rows. */
  readonly invalid?: readonly InvalidValue[];
  /** Set when the row names a record that is not there. */
  readonly missingId?: string;
}

export const invalidValues = (invalid: readonly InvalidValue[]): RowError => ({
  status: 400,
  category: 'VALIDATION_ERROR',
  message: invalidValuesMessage(invalid),
  invalid,
});

/** The refusal of a request that is this row alone. */
export const refuseRow = (error: RowError, message = error.message): Refusal => {
  const isMissing = error.category === 'VALIDATION_ERROR' && error.context !== undefined;
  const parts: ErrorParts = {
    ...(error.invalid === undefined ? {} : { errors: invalidValuesErrors(error.invalid) }),
    ...(isMissing ? { context: error.context } : {}),
  };
  return refuse(error.status, error.category, message, parts);
};
