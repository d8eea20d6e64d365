/** Who can own records: a person, or a queue that holds what nobody has taken yet. */
export interface Owner {
  readonly id: string;
  readonly kind: 'user' | 'queue';
  readonly name: string;
  /** Lower case; null where there is none. */
  readonly email: string | null;
  /** Nobody who is inactive can be given a record; the records that such a user has stay as they are. */
  readonly active: boolean;
  /** The types that a queue can own; null: any that users own. */
  readonly owns: readonly string[] | null;
  /** The time zone of a user's own settings, an IANA name as the system spells it. Absent where the system does not tell. */
  readonly zone?: string;
  /** The id of the user to whom this one reports. */
  readonly manager?: string;
  /** The user as whom Tandem itself signs in: whatever it creates for nobody is theirs. */
  readonly isTandem?: true;
  /** No person is behind this user: the vendor's own automation, or one that the company names as such. */
  readonly isMachine?: true;
}
