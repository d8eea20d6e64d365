/** Whole days on which somebody is not at work, both ends among them, by the clock of their own zone; days as 2026-11-30. */
export interface Absence {
  /** The id of the user. */
  readonly owner: string;
  readonly firstDay: string;
  readonly lastDay: string;
}
