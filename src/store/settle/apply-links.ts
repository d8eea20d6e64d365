import { sql } from 'kysely';
import type { Link } from '../../model/state.ts';
import { renewAwaited } from '../awaited.ts';
import { batch, type Columns } from '../batch.ts';
import { baseToJson } from '../json.ts';
import { GroundMoved, type Tx } from '../transaction.ts';
import { linkUnit } from '../unit-key.ts';
import type { Accepted } from './check.ts';

const linkBatchColumns: Columns<Link> = {
  id: ['uuid', (link) => link.id],
  pair: ['text', (link) => link.pair],
  hubspot: ['text', (link) => link.ids.hubspot],
  salesforce: ['text', (link) => link.ids.salesforce],
  hubspot_type: ['text', (link) => link.types?.hubspot ?? null],
  salesforce_type: ['text', (link) => link.types?.salesforce ?? null],
  version: ['bigint', (link) => link.version],
  base: ['json', (link) => baseToJson(link.base)],
  hubspot_stamp: ['bigint', (link) => link.stamps.hubspot],
  salesforce_stamp: ['bigint', (link) => link.stamps.salesforce],
};

/**
 * Moves, ends and begins links, in this order, since a link may end so that another can begin with its record; followers last: of a
 * link that moved, began, or got another.
 */
export const applyLinks = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  await unfollow(tx, accepted);
  await moveLinks(
    tx,
    accepted.flatMap(({ moved }) => moved ?? []),
  );
  await renewAwaited(
    tx,
    accepted.flatMap(({ moved, settlement }) => (moved && settlement.move?.to ? [moved] : [])),
  );
  await forgetAlone(
    tx,
    accepted.flatMap(({ settlement: { pair, move } }) =>
      move?.to ? [{ pair, hubspot: '', salesforce: move.to.ref.id }] : [],
    ),
  );
  await weigh(tx, accepted);
  await endLinks(
    tx,
    accepted.flatMap(({ settlement }) => settlement.end ?? []),
  );
  await beginLinks(tx, accepted);
  await follow(tx, accepted);
};

/** Records that follow no more, or are a link's primary record from now on. */
const unfollow = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const gone = accepted.flatMap(({ settlement: { pair, unfollow, move, begin } }) =>
    [unfollow?.id, move?.to?.ref.id, begin?.ids.salesforce].flatMap((id) =>
      id === undefined ? [] : { pair, id },
    ),
  );
  if (gone.length === 0) return;
  const rows = batch('g', gone, { pair: ['text', (each) => each.pair], id: ['text', (each) => each.id] });
  await sql`
    delete from tandem.followers f using ${rows} where f.salesforce_id = g.id and f.pair = g.pair`.execute(
    tx,
  );
};

/** A look has said which of these links' records is the primary one. Those that come with the same settlements are not among them. */
const weigh = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const ids = accepted.flatMap(({ settlement: { move } }) => (move?.weighed ? [move.linkId] : []));
  if (ids.length === 0) return;
  await sql`
    update tandem.followers set unweighed = false where link_id = any(${ids}::uuid[]) and unweighed`.execute(
    tx,
  );
};

const follow = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const rows = accepted.flatMap(({ settlement, begun, left }) => {
    const { pair, follow: one } = settlement;
    return [
      ...(begun?.followers ?? []).map((follower) => ({ pair, linkId: begun?.id ?? '', follower })),
      ...(one?.followers ?? []).map((follower) => ({
        pair,
        linkId: one?.linkId ?? '',
        follower: { ...follower, unweighed: true },
      })),
      ...(left && settlement.move ? [{ pair, linkId: settlement.move.linkId, follower: left }] : []),
    ];
  });
  if (rows.length === 0) return;
  const followers = batch('f', rows, {
    pair: ['text', (each) => each.pair],
    id: ['text', (each) => each.follower.id],
    type: ['text', (each) => each.follower.type],
    link_id: ['uuid', (each) => each.linkId],
    number: ['int', (each) => each.follower.number],
    unweighed: ['boolean', (each) => each.follower.unweighed ?? false],
  });
  await sql`
    insert into tandem.followers (pair, salesforce_id, type, link_id, number, unweighed)
    select f.pair, f.id, f.type, f.link_id, f.number, f.unweighed from ${followers}
    on conflict (salesforce_id, pair) do update set type = excluded.type, link_id = excluded.link_id,
      number = excluded.number, unweighed = excluded.unweighed, since = now()`.execute(tx);
  const others = accepted.flatMap(({ settlement: { follow: one } }) => one?.linkId ?? []);
  if (others.length === 0) return;
  // A plan that was made without the follower is made again.
  await sql`update tandem.links set version = version + 1 where id = any(${others}::uuid[])`.execute(tx);
};

const expectRows = (what: string, got: bigint | undefined, wanted: number): void => {
  if (Number(got ?? 0) !== wanted) throw new GroundMoved(`${what}: ${got} of ${wanted} rows`);
};

const moveLinks = async (tx: Tx, moved: readonly Link[]): Promise<void> => {
  if (moved.length === 0) return;
  const { numAffectedRows } = await sql`
    update tandem.links link set version = m.version, base = m.base, salesforce_id = m.salesforce,
      hubspot_type = m.hubspot_type, salesforce_type = m.salesforce_type,
      hubspot_stamp = m.hubspot_stamp, salesforce_stamp = m.salesforce_stamp
    from ${batch('m', moved, linkBatchColumns)}
    where link.id = m.id and link.version = m.version - 1 and link.ended_at is null`.execute(tx);
  expectRows('links moved', numAffectedRows, moved.length);
};

const endLinks = async (
  tx: Tx,
  ends: readonly { readonly linkId: string; readonly cause: string }[],
): Promise<void> => {
  if (ends.length === 0) return;
  const rows = batch('e', ends, { id: ['uuid', (end) => end.linkId], cause: ['text', (end) => end.cause] });
  const { numAffectedRows } = await sql`
    update tandem.links link set ended_at = now(), ended_cause = e.cause, version = link.version + 1
    from ${rows} where link.id = e.id and link.ended_at is null`.execute(tx);
  expectRows('links ended', numAffectedRows, ends.length);
  const units = ends.map((end) => linkUnit(end.linkId));
  await sql`delete from tandem.parked where unit = any(${units}::text[])`.execute(tx);
  await sql`delete from tandem.reviews where unit = any(${units}::text[])`.execute(tx);
};

/**
 * A begun link takes over what its unit holds: the lease under its fence, and with it the match keys, and what is
 * parked. Questions about its records, and what the other record's own unit had parked, are over.
 */
const beginLinks = async (tx: Tx, accepted: readonly Accepted[]): Promise<void> => {
  const begins = accepted.flatMap(({ settlement, begun }) =>
    begun === null ? [] : [{ link: begun, old: settlement.unit.key }],
  );
  if (begins.length === 0) return;
  const links = begins.map(({ link }) => link);
  const { numAffectedRows } = await sql`
    insert into tandem.links (id, pair, hubspot_id, salesforce_id, hubspot_type, salesforce_type, version, base,
      hubspot_stamp, salesforce_stamp)
    select b.id, b.pair, b.hubspot, b.salesforce, b.hubspot_type, b.salesforce_type, b.version, b.base, b.hubspot_stamp, b.salesforce_stamp
    from ${batch('b', links, linkBatchColumns)} order by b.pair, b.hubspot
    on conflict do nothing`.execute(tx);
  // Somebody else began one with the same record after we looked: look again.
  expectRows('links begun', numAffectedRows, begins.length);
  const units = batch('u', begins, {
    old: ['text', (begin) => begin.old],
    new: ['text', (begin) => linkUnit(begin.link.id)],
    pair: ['text', (begin) => begin.link.pair],
  });
  await sql`update tandem.leases lease set unit = u.new from ${units} where lease.unit = u.old`.execute(tx);
  await sql`
    update tandem.parked p set unit = u.new from ${units} where p.pair = u.pair and p.unit = u.old`.execute(
    tx,
  );
  await forgetAlone(
    tx,
    links.map(({ pair, ids }) => ({ pair, ...ids })),
  );
};

/** What was asked or refused about records while they were in no link is over: they are a link's own from now on. */
const forgetAlone = async (
  tx: Tx,
  records: readonly { readonly pair: string; readonly hubspot: string; readonly salesforce: string }[],
): Promise<void> => {
  if (records.length === 0) return;
  const rows = batch('u', records, {
    pair: ['text', ({ pair }) => pair],
    hubspot: ['text', ({ hubspot }) => hubspot],
    salesforce: ['text', ({ salesforce }) => salesforce],
  });
  for (const table of ['parked', 'reviews']) {
    await sql`
      delete from tandem.${sql.raw(table)} p using ${rows}
      where p.pair = u.pair and (
        split_part(p.unit, ':', 1) = 'hubspot' and split_part(p.unit, '/', 2) = u.hubspot
        or split_part(p.unit, ':', 1) = 'salesforce' and split_part(p.unit, '/', 2) = u.salesforce)`.execute(
      tx,
    );
  }
};
