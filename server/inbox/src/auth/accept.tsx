import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Merchant, Role } from "../api/types";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { navigate } from "../router";
import { acceptInvitation } from "../state/session";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Skeleton } from "../ui/states";
import css from "./auth.module.css";
import { Card } from "./card";

interface Invited {
  merchant: Merchant;
  email: string;
  role: Role;
}

export function Accept({ token }: { token: string }): JSX.Element {
  const [invited, setInvited] = useState<Invited>();
  const [dead, setDead] = useState<string>();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    api
      .post<Invited>(url(["invitations", "look"]), { token }, { anonymous: true })
      .then(setInvited, (error: unknown) => setDead(failureText(error)));
  }, [token]);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await acceptInvitation(token, name.trim(), password);
      navigate({ page: "conversations", view: "open" }, { replace: true });
    } catch (error) {
      setProblem(failureText(error));
      setBusy(false);
    }
  };

  if (dead) {
    return (
      <Card title={t("invite.dead")}>
        <p class={css.lead}>{dead}</p>
        <Button onClick={() => navigate({ page: "conversations", view: "open" }, { replace: true })}>
          {t("signin.submit")}
        </Button>
      </Card>
    );
  }
  return (
    <Card title={invited ? t("invite.title", { merchant: invited.merchant.name }) : t("invite.loading")}>
      {!invited ? (
        <Skeleton lines={4} />
      ) : (
        <>
          <p class={css.lead}>
            {t("invite.lead", { email: invited.email, role: t(`role.${invited.role}`) })}
          </p>
          <form class={css.form} onSubmit={submit}>
            <input
              type="email"
              name="username"
              autocomplete="username"
              value={invited.email}
              hidden
              readOnly
            />
            <Field
              label={t("field.name")}
              hint={t("field.name.hint")}
              autocomplete="name"
              required
              maxLength={100}
              autofocus
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
            <Field
              label={t("field.password")}
              hint={t("field.password.hint")}
              type="password"
              autocomplete="new-password"
              required
              minLength={10}
              maxLength={1024}
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
            {problem && (
              <p class={css.problem} role="alert">
                {problem}
              </p>
            )}
            <Button look="primary" type="submit" busy={busy}>
              {t("invite.submit")}
            </Button>
          </form>
        </>
      )}
    </Card>
  );
}
