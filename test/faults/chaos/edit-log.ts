import type { System } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';

/** One field that a person edited. */
export interface Edit {
  readonly n: number;
  readonly system: System;
  readonly id: string;
  readonly apiField: string;
  readonly value: RawValue;
  /** A read by id showed it, or a poll did before the last read by id: from then on replacing it is a decision. */
  known: boolean;
  polled: boolean;
  /** It was replaced before anything could have shown it: between a plan's read and its write, which no batch API closes. */
  replacedUnseen: boolean;
  /** The vendor kept it when records became one: it competes with what others enter, and nobody would miss it. */
  readonly inherited?: boolean;
  /** What stood there before, in the record or in the one that was merged into it: where it says the same, nobody sees a change. */
  readonly was?: RawValue;
}

/** What persons did, and who could know of it when. */
export class EditLog {
  readonly edits: Edit[] = [];
  private readonly delivered = new Set<Edit>();

  add(system: System, id: string, fields: Readonly<Record<string, RawValue>>): void {
    for (const [apiField, value] of Object.entries(fields)) {
      const n = this.edits.length + 1;
      this.edits.push({ n, system, id, apiField, value, known: false, polled: false, replacedUnseen: false });
    }
  }

  readById(system: System, id: string, isFresh: boolean): void {
    for (const edit of this.editsOf(system, id)) if (isFresh || edit.polled) edit.known = true;
  }

  polled(system: System, id: string): void {
    for (const edit of this.editsOf(system, id)) this.delivered.add(edit);
  }

  /** The poll's pages were committed: what they named is marked dirty with its stamp. */
  pollCommitted(): void {
    for (const edit of this.delivered) edit.polled = true;
    this.delivered.clear();
  }

  pollFailed(): void {
    this.delivered.clear();
  }

  overwritten(system: System, id: string, fields: Readonly<Record<string, RawValue>>): void {
    for (const edit of this.editsOf(system, id)) {
      if (Object.hasOwn(fields, edit.apiField) && !edit.known) edit.replacedUnseen = true;
    }
  }

  private editsOf(system: System, id: string): readonly Edit[] {
    return this.edits.filter((edit) => edit.system === system && edit.id === id);
  }
}
