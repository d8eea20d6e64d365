import type { Migration } from 'kysely/migration';
import { first } from './0001-first.ts';
import { identity } from './0002-identity.ts';
import { objects } from './0003-objects.ts';
import { breakers } from './0004-breakers.ts';
import { operator } from './0006-operator.ts';
import { liveSignals } from './0007-live-signals.ts';
import { eventUse } from './0008-event-use.ts';
import { verified } from './0010-verified.ts';
import { reviewsLeft } from './0011-reviews-left.ts';
import { toldBy } from './0012-told-by.ts';
import { erasure } from './0021-erasure.ts';
import { tombstoneLooks } from './0022-tombstone-looks.ts';
import { decidedAndWeighed } from './0023-decided-and-weighed.ts';
import { awaitedTypes } from './0024-awaited-types.ts';
import { lifecycle } from './0025-lifecycle.ts';
import { clockTimes } from './0027-clock-times.ts';
import { details } from './0029-details.ts';
import { firstStart } from './0030-first-start.ts';
import { feedback } from './0033-feedback.ts';
import { deals } from './0035-deals.ts';
import { signals } from './0037-signals.ts';
import { content } from './0038-content.ts';
import { accounts } from './0039-accounts.ts';
import { laneLearned } from './0041-lane-learned.ts';
import { presence } from './0042-presence.ts';
import { roles } from './0042-roles.ts';
import { toldWaits } from './0045-told-waits.ts';
import { firstAligned } from './0046-first-aligned.ts';
import { mappedFields } from './0047-mapped-fields.ts';
import { toldValues } from './0048-told-values.ts';
import { dealsOfBefore } from './0049-deals-of-before.ts';
import { stageBacks } from './0051-stage-backs.ts';
import { dealCurrency } from './0052-deal-currency.ts';
import { promisedPermits } from './0057-promised-permits.ts';

/** All migrations in the order of their names, which is the order in which they run. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-identity': identity,
  '0003-objects': objects,
  '0004-breakers': breakers,
  '0006-operator': operator,
  '0007-live-signals': liveSignals,
  '0008-event-use': eventUse,
  '0010-verified': verified,
  '0011-reviews-left': reviewsLeft,
  '0012-told-by': toldBy,
  '0021-erasure': erasure,
  '0022-tombstone-looks': tombstoneLooks,
  '0023-decided-and-weighed': decidedAndWeighed,
  '0024-awaited-types': awaitedTypes,
  '0025-lifecycle': lifecycle,
  '0027-clock-times': clockTimes,
  '0029-details': details,
  '0030-first-start': firstStart,
  '0033-feedback': feedback,
  '0035-deals': deals,
  '0037-signals': signals,
  '0038-content': content,
  '0039-accounts': accounts,
  '0041-lane-learned': laneLearned,
  '0042-presence': presence,
  '0042-roles': roles,
  '0045-told-waits': toldWaits,
  '0046-first-aligned': firstAligned,
  '0047-mapped-fields': mappedFields,
  '0048-told-values': toldValues,
  '0049-deals-of-before': dealsOfBefore,
  '0051-stage-backs': stageBacks,
  '0052-deal-currency': dealCurrency,
  '0057-promised-permits': promisedPermits,
};
