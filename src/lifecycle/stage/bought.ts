import type { Journey } from './journey.ts';

/*
 * Who has bought. A purchase may be older than the turn, or than the lifecycle itself: nobody sees it happen, and a rep works on the person as on anybody. It takes nobody
 * away from a rep; but whoever sales lets go is a customer then, and comes into no program (decision 0085).
 */

/** Whether somebody is known to have bought, and is not lost since. */
export const hasBought = ({ boughtAt = null }: Pick<Journey, 'boughtAt'>): boolean => boughtAt !== null;
