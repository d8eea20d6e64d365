import { CallFailed } from '../../model/failure.ts';

/** Contact roles that the integration may not see are none: deals are those of their accounts then. @throws CallFailed of any other kind */
export const unlessHidden = async <T>(asked: Promise<T> | undefined): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    const category = error instanceof CallFailed ? error.failure.category : null;
    if (category === 'permission' || category === 'schema') return undefined;
    throw error;
  }
};
