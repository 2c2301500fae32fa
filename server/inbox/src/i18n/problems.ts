// What to say when something was refused: by its code where we have words for it, else the general sentence.
import { ApiError } from "../api/client";
import { has, t } from "./index";

export function problemText(code: string): string {
  const key = `problem.${code}`;
  return has(key) ? t(key) : t("problem.unexpected");
}

export function failureText(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.unexpected");
  const text = problemText(error.code);
  return error.requestId && text === t("problem.unexpected") ? `${text} (${error.requestId})` : text;
}

/** fieldProblem is the server's word on one field of a form. */
export function fieldProblem(error: unknown, path: string): string | undefined {
  return error instanceof ApiError ? error.fields.find((field) => field.path === path)?.message : undefined;
}
