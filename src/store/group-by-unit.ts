/** Rows by their unit, each turned into what the model calls it. */
export const groupByUnit = <Row extends { readonly unit: string }, T>(
  rows: readonly Row[],
  convert: (row: Row) => T,
): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.unit);
    if (group === undefined) groups.set(row.unit, [convert(row)]);
    else group.push(convert(row));
  }
  return groups;
};
