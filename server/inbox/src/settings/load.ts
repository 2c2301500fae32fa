import { useCallback, useEffect, useState } from "preact/hooks";

export type Loaded<T> = { state: "loading" } | { state: "failed" } | { state: "ready"; value: T };

/** useLoaded reads something when a page opens, and again when asked. */
export function useLoaded<T>(
  read: () => Promise<T>,
  key: string,
): [Loaded<T>, () => void, (value: T) => void] {
  const [held, setHeld] = useState<Loaded<T>>({ state: "loading" });
  const load = useCallback(() => {
    let stale = false;
    setHeld({ state: "loading" });
    read().then(
      (value) => !stale && setHeld({ state: "ready", value }),
      () => !stale && setHeld({ state: "failed" }),
    );
    return () => {
      stale = true;
    };
  }, [key]);
  useEffect(load, [load]);
  const put = useCallback((value: T) => setHeld({ state: "ready", value }), []);
  return [held, load, put];
}
