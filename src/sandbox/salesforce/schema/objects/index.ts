import type { ObjectDefinition } from '../field.ts';
import { account } from './account.ts';
import { contact } from './contact.ts';
import { group, organization, queueSobject, recordType, user } from './directory.ts';
import { historyObjects } from './histories.ts';
import { lead } from './lead.ts';
import { opportunity, opportunityContactRole } from './opportunity.ts';
import { currencyType, leadStatus, opportunityStage } from './sales-setup.ts';

/** What a new company has. One more object is one more file here. */
export const standardObjects: readonly ObjectDefinition[] = [
  account,
  contact,
  group,
  lead,
  leadStatus,
  opportunity,
  opportunityContactRole,
  opportunityStage,
  organization,
  queueSobject,
  recordType,
  user,
  ...historyObjects,
];

/** Objects that exist only in companies that switched something on. */
export const optionalObjects: readonly ObjectDefinition[] = [currencyType];
