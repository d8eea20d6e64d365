import { labelledOptions, plainOptions } from './build.ts';

export const lifecycleStages = labelledOptions({
  subscriber: 'Subscriber',
  lead: 'Lead',
  marketingqualifiedlead: 'Marketing Qualified Lead',
  salesqualifiedlead: 'Sales Qualified Lead',
  opportunity: 'Opportunity',
  customer: 'Customer',
  evangelist: 'Evangelist',
  other: 'Other',
});

export const leadStatuses = labelledOptions({
  NEW: 'New',
  OPEN: 'Open',
  IN_PROGRESS: 'In Progress',
  OPEN_DEAL: 'Open Deal',
  UNQUALIFIED: 'Unqualified',
  ATTEMPTED_TO_CONTACT: 'Attempted to Contact',
  CONNECTED: 'Connected',
  BAD_TIMING: 'Bad Timing',
});

export const employeeRanges = plainOptions('1-5', '5-25', '25-50', '50-100', '100-500', '500-1000', '1000+');

export const trafficSources = labelledOptions({
  ORGANIC_SEARCH: 'Organic Search',
  PAID_SEARCH: 'Paid Search',
  EMAIL_MARKETING: 'Email Marketing',
  SOCIAL_MEDIA: 'Organic Social',
  REFERRALS: 'Referrals',
  OTHER_CAMPAIGNS: 'Other Campaigns',
  DIRECT_TRAFFIC: 'Direct Traffic',
  OFFLINE: 'Offline Sources',
  PAID_SOCIAL: 'Paid Social',
});

export const buyingRoles = labelledOptions({
  BLOCKER: 'Blocker',
  BUDGET_HOLDER: 'Budget Holder',
  CHAMPION: 'Champion',
  DECISION_MAKER: 'Decision Maker',
  END_USER: 'End User',
  EXECUTIVE_SPONSOR: 'Executive Sponsor',
  INFLUENCER: 'Influencer',
  LEGAL_AND_COMPLIANCE: 'Legal & Compliance',
  OTHER: 'Other',
});

/** Why mail to somebody can never be delivered; HubSpot names the reasons in its lists and documents no list of them. */
export const bounceReasons = plainOptions(
  'CONTENT',
  'MAILBOX_FULL',
  'OTHER',
  'POLICY',
  'SPAM',
  'UNKNOWN_USER',
);

export const legalBases = plainOptions(
  'Legitimate interest – prospect/lead',
  'Legitimate interest – existing customer',
  'Legitimate interest - other',
  'Performance of a contract',
  'Freely given consent from contact',
  'Not applicable',
);

export const languages = labelledOptions({
  cs: 'Czech',
  de: 'German',
  en: 'English',
  es: 'Spanish',
  fr: 'French',
  ja: 'Japanese',
  pl: 'Polish',
  'pt-br': 'Portuguese - Brazil',
  'zh-cn': 'Chinese - China',
});
