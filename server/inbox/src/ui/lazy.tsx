// A page whose code comes when it is first opened.
import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Failure, Skeleton } from "./states";

/** lazy makes a component of a module that is fetched at its first drawing, and can be asked for again when that failed. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | undefined>(undefined);
  return function Lazy(props: P): JSX.Element {
    const [failed, setFailed] = useState(false);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      if (loaded.value) return;
      setFailed(false);
      load().then(
        (component) => {
          loaded.value = component;
        },
        () => setFailed(true),
      );
    }, [attempt]);
    const Page = loaded.value;
    if (Page) return <Page {...props} />;
    if (failed) return <Failure text={t("problem.unreachable")} onRetry={() => setAttempt(attempt + 1)} />;
    return <Skeleton lines={5} />;
  };
}
