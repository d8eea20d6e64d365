import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Form } from '../activity/forms.ts';
import type { Submission } from '../activity/portal-activity.ts';
import type { HubspotState } from '../state.ts';
import { recordNotFound, refuse, refuseRequest } from './errors.ts';
import { queryFlag, queryLimit, queryList } from './input.ts';
import { nextPage, offsetToken, readOffsetToken } from './paging.ts';
import { scopedRoute } from './scopes.ts';

const formsPage = { default: 20, max: 100 } as const;
/** "Defaults to 20, supports a maximum of 50." */
const submissionsPage = { default: 20, max: 50 } as const;

const fieldJson = ({ name, label, required }: Form['fields'][number]): unknown => ({
  objectTypeId: '0-1',
  name,
  label,
  required,
  hidden: false,
  fieldType: name === 'email' ? 'email' : name === 'message' ? 'multi_line_text' : 'single_line_text',
  dependentFields: [],
  ...(name === 'email' ? { validation: { blockedEmailDomains: [], useDefaultBlockList: false } } : {}),
});

/** As recorded (amp-labs/connectors, providers/hubspot/test/read/marketing-forms.json); the look is left out. */
const formJson = (form: Form): unknown => {
  const at = new Date(form.createdAt).toISOString();
  return {
    id: form.guid,
    name: form.name,
    createdAt: at,
    updatedAt: at,
    archived: false,
    fieldGroups: form.fields.map((field) => ({
      groupType: 'default_group',
      richTextType: 'text',
      fields: [fieldJson(field)],
    })),
    configuration: {
      language: 'en',
      cloneable: true,
      postSubmitAction: { type: 'thank_you', value: '' },
      editable: form.formType === 'hubspot',
      archivable: true,
      recaptchaEnabled: false,
      notifyContactOwner: false,
      notifyRecipients: [],
      createNewContactForNewEmail: false,
      prePopulateKnownValues: true,
      allowLinkToResetKnownValues: false,
    },
    displayOptions: { renderRawHtml: false, theme: 'default_style', submitButtonText: 'Submit' },
    legalConsentOptions: { type: 'none' },
    formType: form.formType,
  };
};

const formTypes = ['hubspot', 'captured', 'flow', 'blog_comment', 'all'];

/** `formTypes` defaults to HubSpot's own alone: captured forms have to be asked for. */
const listForms = (state: HubspotState, call: Call): ApiReply => {
  const asked = queryList(call, 'formTypes');
  const unknown = asked.find((type) => !formTypes.includes(type));
  if (unknown !== undefined) throw refuseRequest(`${unknown} is not one of the form types`);
  const types = asked.length === 0 ? ['hubspot'] : asked;
  const forms = queryFlag(call, 'archived')
    ? []
    : state.activity.forms.all().filter((form) => types.includes('all') || types.includes(form.formType));
  const offset = readOffsetToken(call);
  const end = offset + queryLimit(call, formsPage.default, formsPage.max);
  return {
    status: 200,
    body: {
      results: forms.slice(offset, end).map(formJson),
      ...nextPage(call, end < forms.length ? offsetToken(end) : null),
    },
  };
};

const readForm = (state: HubspotState, call: Call): ApiReply => {
  const form = state.activity.forms.byGuid(pathParam(call.params, 'formId'));
  if (form === undefined || queryFlag(call, 'archived')) throw recordNotFound();
  return { status: 200, body: formJson(form) };
};

const submissionJson = ({ conversionId, at, values, pageUrl }: Submission): unknown => ({
  conversionId,
  submittedAt: at,
  values: values.map((value) => ({ ...value, objectTypeId: '0-1' })),
  pageUrl,
});

/** The token names the last submission that was shown, so that new ones, which come in front, shift no page. */
const submissionToken = ({ at, ordinal }: Submission): string =>
  Buffer.from(`${at}:${ordinal}`).toString('base64url');

const isShownBefore = (token: string): ((submission: Submission) => boolean) => {
  const match = /^(-?\d+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw refuseRequest('after must be the value of paging.next.after');
  const [at, ordinal] = [Number(match[1]), Number(match[2])];
  return (submission) => submission.at > at || (submission.at === at && submission.ordinal >= ordinal);
};

/** "Submissions will be returned in reverse-chronological order"; nothing filters them by time. */
const listSubmissions = (state: HubspotState, call: Call): ApiReply => {
  const guid = pathParam(call.params, 'formGuid');
  const form = state.activity.forms.byGuid(guid);
  if (form === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', `No form found with guid ${guid}`);
  const limit = queryLimit(call, submissionsPage.default, submissionsPage.max);
  const after = call.request.query.get('after') ?? '';
  const newestFirst = state.activity.submissions.of(form.guid).toReversed();
  const shown = after === '' ? () => false : isShownBefore(after);
  const rest = newestFirst.filter((submission) => !shown(submission));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      results: page.map(submissionJson),
      ...nextPage(call, last !== undefined && rest.length > limit ? submissionToken(last) : null),
    },
  };
};

/**
 * Forms (https://developers.hubspot.com/docs/api-reference/legacy/marketing/forms) and what was sent with them
 * (…/legacy/marketing/forms/v1/get-form-integrations-v1-submissions-forms-form_guid).
 */
export const formRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['forms'], 'GET', '/marketing/v3/forms', listForms),
  scopedRoute(state, ['forms'], 'GET', '/marketing/v3/forms/{formId}', readForm),
  scopedRoute(state, ['forms'], 'GET', '/form-integrations/v1/submissions/forms/{formGuid}', listSubmissions),
];
