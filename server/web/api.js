// One HTTP call to the server, as JSON. Knows no tokens beyond the one it is given and keeps no
// state; session.js adds authentication.

const ANSWER_DEADLINE_MS = 15_000;

// A refusal of the server (`status`, `code`, `detail` of its problem+json), or `code` "unreachable"
// with `status` 0 when there was no answer at all.
export class ApiError extends Error {
  constructor({ status, code, detail, retryAfterMs = null }) {
    super(detail || code);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

// Errors: ApiError.
export async function callApi(method, path, { body, token } = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  let answer;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    });
    answer = await response.text();
  } catch {
    throw new ApiError({ status: 0, code: 'unreachable', detail: 'The server cannot be reached.' });
  }
  const parsed = parseJson(answer);
  if (!response.ok) throw refusal(response, parsed);
  return parsed;
}

function parseJson(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(response, problem) {
  const retryAfterSeconds = Number(response.headers.get('Retry-After') ?? NaN);
  return new ApiError({
    status: response.status,
    code: problem?.code ?? 'internal',
    detail: problem?.detail || problem?.title || `The server answered ${response.status}.`,
    retryAfterMs:
      problem?.retry_after_ms ?? (retryAfterSeconds >= 0 ? retryAfterSeconds * 1000 : null),
  });
}

// Reads a whole paged list. A list longer than the bound is cut rather than read for ever.
export async function readPages(readPage, pick) {
  const PAGES_MAX = 50;
  const items = [];
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; ++page) {
    const answer = await readPage(cursor);
    items.push(...(answer[pick] ?? []));
    cursor = answer.next_cursor ?? '';
    if (cursor === '') break;
  }
  return items;
}

// What to append to a path that has parameters already.
export function cursorParameter(cursor) {
  return cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
}
