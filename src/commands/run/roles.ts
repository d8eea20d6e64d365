/**
 * What a process of a fleet may do; without `--role` it does all. `intake` takes live signals, `sync` works off what is due, `schedule`
 * stands for the office that polls and lists, `lifecycle` for the one that moves people through the stages. Health and metrics are served by each.
 */
export const roles = ['intake', 'sync', 'schedule', 'lifecycle'] as const;
export type Role = (typeof roles)[number];

/** Reads `--role sync,schedule`; null where a name is none. */
export const parseRoles = (text: string): ReadonlySet<Role> | null => {
  const names = text.split(',').map((name) => name.trim());
  const known = roles.filter((role) => names.includes(role));
  return names.every((name) => (roles as readonly string[]).includes(name)) ? new Set(known) : null;
};
