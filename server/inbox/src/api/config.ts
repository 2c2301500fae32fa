// The addresses of our neighbours, which the server tells at start.
import { signal } from "@preact/signals";

export interface Config {
  public_url: string;
  files_url: string;
}

export const config = signal<Config>({ public_url: "", files_url: "" });

export async function loadConfig(): Promise<void> {
  try {
    const response = await fetch("/inbox/config.json");
    if (response.ok) config.value = (await response.json()) as Config;
  } catch {
    // Without it pictures stay placeholders and the snippet names no host; both mend at the next load.
  }
}

/** ours tells whether a picture comes from our own files; any other would tell a stranger that an agent looks at it. */
export function ours(address: string | undefined): boolean {
  if (!address) return false;
  try {
    const origin = new URL(address, location.origin).origin;
    return (
      origin === location.origin ||
      (config.value.files_url !== "" && origin === new URL(config.value.files_url).origin)
    );
  } catch {
    return false;
  }
}
