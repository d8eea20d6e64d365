import type { ObjectDefinition } from '../field.ts';
import { account } from './account.ts';
import { campaign, campaignMember, campaignMemberStatus } from './campaign.ts';
import { contact } from './contact.ts';
import { group, groupMember, organization, queueSobject, recordType, user } from './directory.ts';
import { event } from './event.ts';
import { historyObjects } from './histories.ts';
import { businessHours, holiday } from './hours.ts';
import { lead } from './lead.ts';
import { opportunity, opportunityContactRole } from './opportunity.ts';
import {
  assignmentRule,
  currencyType,
  leadStatus,
  opportunityStage,
  taskPriority,
  taskStatus,
} from './sales-setup.ts';
import { task } from './task.ts';

/** What a new company has. One more object is one more file here. */
export const standardObjects: readonly ObjectDefinition[] = [
  account,
  assignmentRule,
  businessHours,
  campaign,
  campaignMember,
  campaignMemberStatus,
  contact,
  event,
  group,
  groupMember,
  holiday,
  lead,
  leadStatus,
  opportunity,
  opportunityContactRole,
  opportunityStage,
  organization,
  queueSobject,
  recordType,
  task,
  taskPriority,
  taskStatus,
  user,
  ...historyObjects,
];

/** Objects that exist only in companies that switched something on. */
export const optionalObjects: readonly ObjectDefinition[] = [currencyType];
