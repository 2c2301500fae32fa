// Speaks to the server's REST API with the agent's cookie: one function per verb, one kind of error.
import { signal } from "@preact/signals";

export interface FieldProblem {
  path: string;
  message: string;
}

/** ApiError is a refusal of the server (code from its problem body) or `unreachable` when there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: FieldProblem[];
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Problem, retryAfter?: number) {
    super(problem.message ?? problem.code ?? String(status));
    this.status = status;
    this.code = problem.code ?? "unexpected";
    this.fields = problem.fields ?? [];
    this.requestId = problem.request_id;
    this.retryAfter = retryAfter;
  }
}

interface Problem {
  code?: string;
  message?: string;
  request_id?: string;
  fields?: FieldProblem[];
}

type Listener = () => void;
let unauthorized: Listener = () => {};

/** onUnauthorized is told when the session has ended, whichever request found out. */
export function onUnauthorized(listener: Listener): void {
  unauthorized = listener;
}

/** How far the server's clock is ahead of this computer's, from its answers. */
export const clockSkew = signal(0);

/** heard measures the skew. The header has whole seconds and the way takes time: below two seconds it is none. */
function heard(date: string | null): void {
  const at = date ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(at)) return;
  const skew = at + 500 - Date.now();
  clockSkew.value =
    Math.abs(skew) < 2000 ? 0 : Math.abs(skew - clockSkew.value) < 2000 ? clockSkew.value : skew;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** A 401 of this call says something about its own credentials, not about the session. */
  anonymous?: boolean;
}

async function call<T>(method: string, path: string, body: unknown, options: CallOptions): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (options.signal) init.signal = options.signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "unreachable" });
  }
  heard(response.headers.get("Date"));
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  const parsed = parse(text);
  if (response.ok) return parsed as T;
  const seconds = Number(response.headers.get("Retry-After"));
  const failure = new ApiError(
    response.status,
    problemOf(parsed),
    Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  );
  if (failure.status === 401 && !options.anonymous) unauthorized();
  throw failure;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function problemOf(value: unknown): Problem {
  return typeof value === "object" && value !== null ? (value as Problem) : {};
}

export const api = {
  get: <T>(path: string, options: CallOptions = {}) => call<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options: CallOptions = {}) => call<T>("POST", path, body, options),
  put: <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>("PUT", path, body, options),
  patch: <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>("PATCH", path, body, options),
  delete: <T>(path: string, options: CallOptions = {}) => call<T>("DELETE", path, undefined, options),
};

/** url builds a path of the API; every part is escaped, undefined query values are left out. */
export function url(
  parts: readonly string[],
  query: Record<string, string | number | boolean | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return `/v1/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}
