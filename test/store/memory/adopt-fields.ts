import type { ForgottenField, MappedForm } from '../../../src/model/state.ts';
import type { MemoryState } from './state.ts';

/** EngineStore.adoptFields, as store/mapped-fields.ts has it. */
export const adoptFields = (
  state: MemoryState,
  pair: string,
  forms: readonly MappedForm[],
): readonly ForgottenField[] =>
  forms.flatMap(({ type, isOwn, fields }) => {
    const moved = fields.flatMap(({ field, api }) => {
      const known = state.mappedFields.get(`${pair} ${type} ${field}`);
      state.mappedFields.set(`${pair} ${type} ${field}`, api);
      return known === undefined || known === api ? [] : [field];
    });
    let links = 0;
    for (const [id, link] of state.links) {
      const isOf = link.types === undefined ? isOwn : link.types.salesforce === type;
      if (link.pair !== pair || !isOf || !moved.some((field) => Object.hasOwn(link.base, field))) continue;
      const base = Object.fromEntries(Object.entries(link.base).filter(([name]) => !moved.includes(name)));
      state.links.set(id, { ...link, version: link.version + 1, base });
      links += 1;
    }
    return moved.map((field) => ({ type, field, links }));
  });
