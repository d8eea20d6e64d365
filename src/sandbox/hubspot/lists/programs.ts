/** The company's nurture programs: lists that people are put on, which workflows listen to (the shipped lifecycle names them). */
export const nurturePrograms: readonly string[] = [
  'Nurture: later',
  'Nurture: budget',
  'Nurture: champions',
  'Nurture: problem',
  'Nurture: re-engage',
  'Nurture: competitor',
  'Nurture: referral',
  'Nurture: general',
  'Nurture: win-back',
  'Nurture: lost customers',
  'Nurture: not ready yet',
];

/** A program that nobody built a workflow for, and one whose workflow is switched off. */
export const programWithoutFlow = 'Nurture: referral';
export const programWithFlowOff = 'Nurture: competitor';
