// What to say when something was refused: by its code where we have words for it, else the general sentence.
import { ApiError } from "../api/client";
import { has, t } from "./index";

export function problemText(code: string): string {
  const key = `problem.${code}`;
  return has(key) ? t(key) : t("problem.unexpected");
}

export function failureText(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.unexpected");
  const text = [problemText(error.code), whyNot(error)].filter(Boolean).join(" ");
  return error.requestId && text === t("problem.unexpected") ? `${text} (${error.requestId})` : text;
}

/** whyNot reads the stable code of a plan, or of a provider's refusal with its words, from the fields of the answer. */
function whyNot(error: ApiError): string {
  const [field] = error.fields;
  if (!field) return "";
  const words = (code: string) => {
    const key = `reason.${code}`;
    return has(key) ? t(key) : "";
  };
  if (error.code === "cannot_send") return words(field.message);
  return error.code === "provider_refused" ? `${words(field.path)} ${field.message}`.trim() : "";
}

/** fieldProblem is the server's word on one field of a form. */
export function fieldProblem(error: unknown, path: string): string | undefined {
  return error instanceof ApiError ? error.fields.find((field) => field.path === path)?.message : undefined;
}
