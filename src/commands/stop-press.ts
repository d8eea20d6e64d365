/**
 * npm hands the terminal's Ctrl-C on once more: the same signal within this time is the same press. On a busy machine it has come
 * 300 ms late; nobody presses twice on purpose that fast.
 */
export const samePressMs = 500;

/** Calls `press` whenever one of these signals comes, once for what is one press. Answers how to stop listening. */
export const onPress = (
  names: readonly NodeJS.Signals[],
  press: (name: NodeJS.Signals) => void,
): (() => void) => {
  let last: { readonly name: NodeJS.Signals; readonly at: number } | null = null;
  const hear = (name: NodeJS.Signals): void => {
    const at = performance.now();
    if (last?.name === name && at - last.at <= samePressMs) return;
    last = { name, at };
    press(name);
  };
  for (const name of names) process.on(name, hear);
  return () => {
    for (const name of names) process.off(name, hear);
  };
};
