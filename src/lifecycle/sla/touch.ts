/** Something in Salesforce that might show that a rep acted. */
export interface TouchEvidence {
  readonly kind: 'status' | 'call' | 'mail' | 'meeting' | 'task' | 'field';
  /** The user is the integration. */
  readonly byTandem: boolean;
  /** A flow, a sequence, an assistant: the vendor or the company says so. */
  readonly automated: boolean;
  /** `Tandem_Key__c` is filled: the task is ours, whoever closed it. */
  readonly isTandemTask: boolean;
  /** `status`: whether the new status is one that means work. */
  readonly meansWork: boolean;
}

/**
 * Whether a person of sales touched the lead: a status that means work, or a logged call, mail or meeting by a person. Never a task that
 * Tandem made, an automated mail, or a field that somebody ticked.
 */
export const isTouch = ({ kind, byTandem, automated, isTandemTask, meansWork }: TouchEvidence): boolean => {
  if (byTandem || automated || isTandemTask) return false;
  if (kind === 'status') return meansWork;
  return kind === 'call' || kind === 'mail' || kind === 'meeting';
};
