import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Me } from "../api/types";
import { type Language, language, languages, setLanguage, t } from "../i18n";
import { failureText, fieldProblem } from "../i18n/problems";
import { commandKey } from "../state/media";
import { enter, type Theme, theme } from "../state/prefs";
import { agent, putSelf } from "../state/session";
import { Button } from "../ui/button";
import { Field, Select } from "../ui/field";
import { toast } from "../ui/toast";
import css from "./settings.module.css";

export function Profile(): JSX.Element {
  return (
    <>
      <h2>{t("settings.profile")}</h2>
      <Person />
      <Reading />
      <Password />
    </>
  );
}

function Person(): JSX.Element {
  const self = agent.value;
  const [name, setName] = useState(self?.name ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      putSelf((await api.patch<Me>(url(["agent", "me"]), { name: name.trim() })).agent);
      toast(t("profile.saved"));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={css.card} onSubmit={submit}>
      <Field label={t("field.email")} value={self?.email ?? ""} disabled />
      <Field
        label={t("field.name")}
        hint={t("field.name.hint")}
        required
        maxLength={100}
        autocomplete="name"
        value={name}
        problem={fieldProblem(problem, "name") ?? (problem ? failureText(problem) : undefined)}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <div class={css.actions}>
        <Button look="primary" type="submit" busy={busy} disabled={name.trim() === "" || name === self?.name}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function Reading(): JSX.Element {
  const choose = async (tag: Language) => {
    await setLanguage(tag);
    try {
      putSelf((await api.patch<Me>(url(["agent", "me"]), { language: tag })).agent);
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    }
  };
  return (
    <section class={css.card}>
      <div class={css.pair}>
        <Select
          label={t("profile.language")}
          value={language.value}
          options={languages.map((one) => ({ value: one.tag, label: one.name }))}
          onChange={(tag) => void choose(tag as Language)}
        />
        <Select
          label={t("profile.theme")}
          value={theme.value}
          options={(["system", "light", "dark"] as const).map((one) => ({
            value: one,
            label: t(`theme.${one}`),
          }))}
          onChange={(value) => {
            theme.value = value as Theme;
          }}
        />
        <Select
          label={t("profile.enter")}
          value={enter.value}
          options={[
            { value: "sends", label: t("composer.enter.sends") },
            { value: "breaks", label: t("composer.enter.breaks", { key: commandKey }) },
          ]}
          onChange={(value) => {
            enter.value = value as "sends" | "breaks";
          }}
        />
      </div>
    </section>
  );
}

function Password(): JSX.Element {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await api.patch<Me>(url(["agent", "me"]), { current_password: current, new_password: next });
      setCurrent("");
      setNext("");
      toast(t("profile.password.saved"));
    } catch (error) {
      setProblem(failureText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={css.card} onSubmit={submit}>
      <h3>{t("profile.password")}</h3>
      <p class={css.lead}>{t("profile.password.lead")}</p>
      <input
        type="email"
        name="username"
        autocomplete="username"
        value={agent.value?.email ?? ""}
        hidden
        readOnly
      />
      <div class={css.pair}>
        <Field
          label={t("field.password.current")}
          type="password"
          autocomplete="current-password"
          required
          maxLength={1024}
          value={current}
          onInput={(event) => setCurrent(event.currentTarget.value)}
        />
        <Field
          label={t("field.password.new")}
          hint={t("field.password.hint")}
          type="password"
          autocomplete="new-password"
          required
          minLength={10}
          maxLength={1024}
          value={next}
          onInput={(event) => setNext(event.currentTarget.value)}
        />
      </div>
      {problem && (
        <p class={css.problem} role="alert">
          {problem}
        </p>
      )}
      <div class={css.actions}>
        <Button type="submit" busy={busy}>
          {t("profile.password.submit")}
        </Button>
      </div>
    </form>
  );
}
