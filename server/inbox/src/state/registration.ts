// Whether anybody may make an account here: the installation's own setting, asked when a page wants to offer it.
import { signal } from "@preact/signals";
import { ApiError, api, url } from "../api/client";

export const registrationOpen = signal<boolean | "failed" | undefined>(undefined);

export async function askRegistration(): Promise<void> {
  if (typeof registrationOpen.value === "boolean") return;
  registrationOpen.value = undefined;
  try {
    const { open } = await api.get<{ open: boolean }>(url(["registrations"]), { anonymous: true });
    registrationOpen.value = open === true;
  } catch (error) {
    // An installation without it answers that there is nothing there.
    registrationOpen.value = error instanceof ApiError && error.status === 404 ? false : "failed";
  }
}
