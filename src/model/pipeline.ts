/** One step of a sales process, as the system defines it. */
export interface Stage {
  /** What the stage field holds. */
  readonly id: string;
  readonly label: string;
  /** Its place, from 0. */
  readonly order: number;
  readonly closed: boolean;
  readonly won: boolean;
  /** 0 to 1; null where the system gives none. */
  readonly probability: number | null;
  /** Whether records can still be put there. */
  readonly active: boolean;
  /** Of a lead's statuses: only conversion puts a lead there. */
  readonly converts: boolean;
}

/** The stages of one sales process. A system with only one gives it the type's own name as id. */
export interface Pipeline {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly Stage[];
}
