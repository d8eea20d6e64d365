import type { Sides, System } from '../model/system.ts';
import { otherSystem, systems } from '../model/system.ts';
import { formatTies, parseTies, type TiedRecord } from '../model/tie-text.ts';
import { blank, type Canonical } from '../model/value.ts';

/** What one person is in a deal; null: they take no part. */
interface Part {
  readonly role: string | null;
  readonly primary: boolean;
}

type Parts = ReadonlyMap<string, Part>;

const partsOf = (value: Canonical): Parts =>
  new Map(
    value.kind === 'value'
      ? parseTies(String(value.text)).map(({ id, labels: [role = null], primary }) => [id, { role, primary }])
      : [],
  );

const same = (a: Part | undefined, b: Part | undefined): boolean =>
  a?.role === b?.role && a?.primary === b?.primary;

/** One attribute against both its halves of the base: who changed it has the word, both: the named side, with something to say first. */
const settled = <T>(was: Sides<T>, now: Sides<T>, tie: System, nothing: T): T => {
  const changed = systems.filter((system) => was[system] !== now[system]);
  const [only] = changed;
  if (changed.length === 1 && only) return now[only];
  return now[tie] === nothing ? now[otherSystem(tie)] : now[tie];
};

const both = <T>(parts: Sides<Part | undefined>, pick: (part: Part) => T, nothing: T): Sides<T> => ({
  hubspot: parts.hubspot ? pick(parts.hubspot) : nothing,
  salesforce: parts.salesforce ? pick(parts.salesforce) : nothing,
});

/** What a person is after both sides' changes. An edit beats a removal, so that nothing is lost without a word. */
const mergePart = (was: Sides<Part | undefined>, now: Sides<Part | undefined>, tie: System): Part | null => {
  const changed = systems.filter((system) => !same(was[system], now[system]));
  const [only] = changed;
  if (changed.length === 1 && only) return now[only] ?? null;
  if (!now.hubspot && !now.salesforce) return null;
  if (!now.hubspot || !now.salesforce) return now.hubspot ?? now.salesforce ?? null;
  return {
    role: settled(
      both<string | null>(was, ({ role }) => role, null),
      both<string | null>(now, ({ role }) => role, null),
      tie,
      null,
    ),
    primary: settled(
      both(was, ({ primary }) => primary, false),
      both(now, ({ primary }) => primary, false),
      tie,
      false,
    ),
  };
};

/** A deal has one primary contact: the one who became it, on the named side first; of several who were, the first. */
const withOnePrimary = (
  merged: ReadonlyMap<string, Part>,
  was: Sides<Parts>,
  now: Sides<Parts>,
  tie: System,
): Parts => {
  const marked = [...merged].filter(([, { primary }]) => primary).map(([id]) => id);
  if (marked.length < 2) return merged;
  const became =
    (system: System) =>
    (id: string): boolean =>
      now[system].get(id)?.primary === true && was[system].get(id)?.primary !== true;
  const chosen = marked.find(became(tie)) ?? marked.find(became(otherSystem(tie))) ?? marked[0];
  return new Map([...merged].map(([id, part]) => [id, { ...part, primary: part.primary && id === chosen }]));
};

/**
 * Three-way merge of contact roles, person by person: each side against its own half of the base (blank where there is none). Who was added on
 * either side takes part, who was removed on either does not, unless the other side changed them meanwhile. Roles that both sides
 * changed are the `tie` side's. What neither changed and differs all the same (a table that was corrected) is joined. Values are those of codecs/contact-roles.ts.
 */
export const mergeRoles = (base: Sides<Canonical>, present: Sides<Canonical>, tie: System): Canonical => {
  const was = { hubspot: partsOf(base.hubspot), salesforce: partsOf(base.salesforce) };
  const now = { hubspot: partsOf(present.hubspot), salesforce: partsOf(present.salesforce) };
  const ids = new Set([...now.hubspot.keys(), ...now.salesforce.keys()]);
  const merged = new Map<string, Part>();
  for (const id of [...ids].sort()) {
    const of = (parts: Sides<Parts>): Sides<Part | undefined> => ({
      hubspot: parts.hubspot.get(id),
      salesforce: parts.salesforce.get(id),
    });
    const part = mergePart(of(was), of(now), tie);
    if (part) merged.set(id, part);
  }
  const text = formatTies(
    [...withOnePrimary(merged, was, now, tie)].map(
      ([id, { role, primary }]): TiedRecord => ({ id, labels: role === null ? [] : [role], primary }),
    ),
  );
  return text === null ? blank : { kind: 'value', key: text, text };
};
