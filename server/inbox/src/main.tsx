// Where the app starts: styles, language, session, then the first screen.
import "./style/tokens.css";
import "./style/base.css";
import { render } from "preact";
import { loadConfig } from "./api/config";
import { App } from "./app";
import { preferredLanguage, setLanguage } from "./i18n";
import { startRouter } from "./router";
import { startClock } from "./state/clock";
import { startDrafts } from "./state/drafts";
import { startLive } from "./state/live";
import { startTheme } from "./state/prefs";
import { startSession } from "./state/session";
import { startTitle } from "./state/title";
import { startTooltips } from "./ui/tooltip";

startTheme();
startRouter();
startClock();
startDrafts();
startLive();
startTooltips();
startTitle();

void setLanguage(preferredLanguage()).then(() => {
  const root = document.getElementById("app");
  if (root) render(<App />, root);
});
void loadConfig();
void startSession();
