// Says wherever a shop is named that it is for trying things out.
import type { JSX } from "preact";
import { t } from "../i18n";
import { Chip } from "./tag";

export function TestMark(): JSX.Element {
  return (
    <Chip tone="test" title={t("shop.test.tip")}>
      {t("shop.test")}
    </Chip>
  );
}
