// Chooses the screen: a page for people who are not signed in, or the inbox.
import type { JSX } from "preact";
import { Accept } from "./auth/accept";
import { Reset } from "./auth/reset";
import { SessionEnded, SignIn, Starting, Unreachable } from "./auth/sign-in";
import { Shell } from "./inbox/shell";
import { route } from "./router";
import { session } from "./state/session";
import { lazy } from "./ui/lazy";
import { Toaster } from "./ui/toast";

/** Opened once in a shop's life: their code comes when they are. */
const Connect = lazy<{ search: string }>(() => import("./connect/connect").then((module) => module.Connect));
const Register = lazy<{ search: string }>(() =>
  import("./connect/register").then((module) => module.Register),
);

export function App(): JSX.Element {
  return (
    <>
      <Screen />
      <Toaster />
    </>
  );
}

function Screen(): JSX.Element {
  const at = route.value;
  const held = session.value;
  if (at.page === "invite") return <Accept token={at.token} />;
  if (at.page === "reset") return <Reset token={at.token} />;
  if (at.page === "register" && held.state !== "starting" && held.state !== "unreachable")
    return <Register search={at.search} />;
  switch (held.state) {
    case "starting":
      return <Starting />;
    case "unreachable":
      return <Unreachable />;
    case "out":
      return <SignIn />;
    case "in":
      return (
        <>
          {at.page === "connect" ? <Connect key={at.search} search={at.search} /> : <Shell />}
          {held.expired && <SessionEnded email={held.me.agent.email} />}
        </>
      );
  }
}
