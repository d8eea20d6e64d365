/** `LINK/TURN/KIND` of the contract: the effect's own key, on tasks that Tandem made. */
export const taskKeyField = 'Tandem_Key__c';
