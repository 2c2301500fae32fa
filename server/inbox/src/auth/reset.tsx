import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { navigate } from "../router";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import css from "./auth.module.css";
import { Card } from "./card";

export function Reset({ token }: { token: string }): JSX.Element {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState(false);
  const home = () => navigate({ page: "conversations", view: "open" }, { replace: true });

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await api.post(url(["password-resets", "complete"]), { token, password }, { anonymous: true });
      setDone(true);
    } catch (error) {
      setProblem(failureText(error));
      setBusy(false);
    }
  };

  if (done) {
    return (
      <Card title={t("reset.done")}>
        <p class={css.lead}>{t("reset.done.lead")}</p>
        <Button look="primary" onClick={home}>
          {t("signin.submit")}
        </Button>
      </Card>
    );
  }
  return (
    <Card title={t("reset.title")}>
      <form class={css.form} onSubmit={submit}>
        <Field
          label={t("field.password.new")}
          hint={t("field.password.hint")}
          type="password"
          autocomplete="new-password"
          required
          minLength={10}
          maxLength={1024}
          autofocus
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        {problem && (
          <p class={css.problem} role="alert">
            {problem}
          </p>
        )}
        <Button look="primary" type="submit" busy={busy}>
          {t("reset.submit")}
        </Button>
      </form>
    </Card>
  );
}
