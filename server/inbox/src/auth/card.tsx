// The frame of every page for people who are not signed in.
import type { ComponentChildren, JSX } from "preact";
import { type Language, language, languages, setLanguage, t } from "../i18n";
import { cx } from "../ui/cx";
import { Select } from "../ui/field";
import { Logo } from "../ui/logo";
import css from "./auth.module.css";

interface Props {
  title: string;
  children: ComponentChildren;
  wide?: boolean;
}

export function Card({ title, children, wide }: Props): JSX.Element {
  return (
    <div class={css.page}>
      <main class={cx(css.card, wide && css.wide)}>
        <Logo />
        <h1>{title}</h1>
        {children}
      </main>
      <footer class={css.foot}>
        <Select
          label={t("profile.language")}
          hideLabel
          value={language.value}
          options={languages.map((one) => ({ value: one.tag, label: one.name }))}
          onChange={(tag) => void setLanguage(tag as Language)}
        />
      </footer>
    </div>
  );
}
