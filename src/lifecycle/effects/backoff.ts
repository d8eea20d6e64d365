/** How long until the next try, by how many there were: 2 s at first, doubling, 10 minutes at most. */
export const retryMs = (attempts: number): number => Math.min(2_000 * 2 ** Math.min(attempts, 12), 600_000);
