import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { pathOf, route } from "../router";
import { askRegistration, registrationOpen } from "../state/registration";
import { signIn, startSession } from "../state/session";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Logo } from "../ui/logo";
import css from "./auth.module.css";
import { Card } from "./card";

export function SignIn(): JSX.Element {
  const at = route.value;
  useEffect(() => void askRegistration(), []);
  const connecting = at.page === "connect";
  return (
    <Card title={t("signin.title")}>
      {connecting && <p class={css.lead}>{t("signin.connect")}</p>}
      <Form />
      <p class={css.hint}>{t("signin.lost")}</p>
      {registrationOpen.value === true && (
        <p class={css.hint}>
          {t("signin.new")}{" "}
          <a href={pathOf({ page: "register", search: connecting ? at.search : "" })}>
            {t("signin.register")}
          </a>
        </p>
      )}
    </Card>
  );
}

/** The session ended while somebody was at work: they sign in again above their own screen, and nothing is lost. */
export function SessionEnded({ email }: { email: string }): JSX.Element {
  return (
    <Dialog title={t("signin.ended")} onClose={() => {}} stays>
      <p class={css.lead}>{t("signin.kept")}</p>
      <Form email={email} />
    </Dialog>
  );
}

function Form({ email: known }: { email?: string }): JSX.Element {
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(email.trim(), password);
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      setProblem(refused ? t("problem.bad_credentials") : failureText(error));
      setBusy(false);
    }
  };

  return (
    <form class={css.form} onSubmit={submit}>
      <Field
        label={t("field.email")}
        type="email"
        autocomplete="username"
        required
        value={email}
        autofocus={!known}
        onInput={(event) => setEmail(event.currentTarget.value)}
      />
      <Field
        label={t("field.password")}
        type="password"
        autocomplete="current-password"
        required
        maxLength={1024}
        value={password}
        autofocus={!!known}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      {problem && (
        <p class={css.problem} role="alert">
          {problem}
        </p>
      )}
      <Button look="primary" type="submit" busy={busy}>
        {t("signin.submit")}
      </Button>
    </form>
  );
}

export function Starting(): JSX.Element {
  return (
    <div class={css.page} aria-busy="true">
      <Logo />
    </div>
  );
}

export function Unreachable(): JSX.Element {
  return (
    <Card title={t("start.unreachable")}>
      <p class={css.lead}>{t("problem.unreachable")}</p>
      <Button look="primary" onClick={() => void startSession()}>
        {t("action.retry")}
      </Button>
    </Card>
  );
}
