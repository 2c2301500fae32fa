// Chooses the screen: a page for people who are not signed in, or the inbox.
import type { JSX } from "preact";
import { Accept } from "./auth/accept";
import { Reset } from "./auth/reset";
import { SessionEnded, SignIn, Starting, Unreachable } from "./auth/sign-in";
import { Shell } from "./inbox/shell";
import { route } from "./router";
import { session } from "./state/session";
import { Toaster } from "./ui/toast";

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
          <Shell />
          {held.expired && <SessionEnded email={held.me.agent.email} />}
        </>
      );
  }
}
