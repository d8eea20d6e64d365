import type { ApiValue } from '../schema/field.ts';
import type { Row } from '../store/row.ts';

/** A record as an answer shows it. */
export type ApiRecord = Record<string, ApiValue>;

/** Gives records their URL; the version is the caller's. */
export type RecordUrl = (type: string, id: string) => string;

/** A part of an answer that is no field: a record's children, or fields that depend on a parent's type. */
export interface RenderPart {
  readonly name: string;
  render(row: Row, url: RecordUrl): ApiValue;
}
