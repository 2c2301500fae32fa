import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, url } from "../api/client";
import type { Agent, Invitation, List, Role } from "../api/types";
import { t } from "../i18n";
import { dateTime } from "../i18n/formats";
import { failureText } from "../i18n/problems";
import { agents, loadAgents } from "../state/agents";
import { agent as selfSignal } from "../state/session";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, Select } from "../ui/field";
import { Icon } from "../ui/icons";
import { Menu, type MenuItem } from "../ui/menu";
import { Failure, Skeleton } from "../ui/states";
import { Chip } from "../ui/tag";
import { toast } from "../ui/toast";
import { Confirm } from "./confirm";
import { Once } from "./copy";
import { useLoaded } from "./load";
import css from "./settings.module.css";

const roles: readonly Role[] = ["owner", "admin", "agent"];

/** rolesFor lists the roles that somebody may give: only owners make owners. */
export function rolesFor(giver: Role | undefined): readonly Role[] {
  return giver === "owner" ? roles : roles.filter((role) => role !== "owner");
}

export function Team(): JSX.Element {
  const self = selfSignal.value;
  const [failed, setFailed] = useState(false);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<{ url: string; title: string }>();
  const [stopping, setStopping] = useState<Agent>();
  const [invitations, reload, put] = useLoaded(
    () => api.get<List<Invitation>>(url(["invitations"], { limit: 100 })),
    "",
  );

  const load = () => {
    setFailed(false);
    loadAgents(true).catch(() => setFailed(true));
  };
  useEffect(load, []);

  const change = async (agent: Agent, body: { role?: Role; active?: boolean }) => {
    const fresh = await api.patch<Agent>(url(["agents", agent.id]), body);
    agents.value = (agents.value ?? []).map((one) => (one.id === fresh.id ? fresh : one));
  };
  const tryChange = (agent: Agent, body: { role?: Role; active?: boolean }) =>
    void change(agent, body).catch((error: unknown) => toast(failureText(error), { tone: "error" }));

  const reset = async (agent: Agent) => {
    try {
      const made = await api.post<{ url: string }>(url(["agents", agent.id, "password-reset"]));
      setLink({ url: made.url, title: t("team.reset.title", { name: agent.name }) });
    } catch (error) {
      toast(failureText(error), { tone: "error" });
    }
  };

  const actions = (agent: Agent): (MenuItem | "line")[] => {
    const untouchable = agent.role === "owner" && self?.role !== "owner";
    if (untouchable) return [];
    const items: (MenuItem | "line")[] = [];
    if (agent.id !== self?.id) {
      for (const role of rolesFor(self?.role)) {
        items.push({
          label: t(`role.${role}`),
          checked: agent.role === role,
          run: () => agent.role !== role && tryChange(agent, { role }),
        });
      }
      items.push("line");
    }
    items.push({ label: t("team.reset"), icon: "key", run: () => void reset(agent) });
    if (agent.id !== self?.id) {
      items.push(
        agent.active
          ? { label: t("team.deactivate"), icon: "logout", danger: true, run: () => setStopping(agent) }
          : { label: t("team.activate"), icon: "reopen", run: () => tryChange(agent, { active: true }) },
      );
    }
    return items;
  };

  return (
    <>
      <header class={css.head}>
        <h2>{t("settings.team")}</h2>
        <Button look="primary" icon="plus" onClick={() => setInviting(true)}>
          {t("team.invite")}
        </Button>
      </header>
      {failed && <Failure text={t("settings.failed")} onRetry={load} />}
      {!agents.value && !failed && <Skeleton lines={6} />}
      {agents.value && (
        <ul class={css.rows}>
          {agents.value.map((one) => {
            const items = actions(one);
            return (
              <li key={one.id} class={`${css.row} ${one.active ? "" : css.off}`}>
                <Avatar id={one.id} name={one.name} size={36} kind="agent" />
                <span class={css.rowText}>
                  <span class={css.rowTitle}>
                    <bdi>{one.name}</bdi>
                    {one.id === self?.id && <Chip>{t("team.you")}</Chip>}
                    {!one.active && <Chip tone="warn">{t("team.inactive")}</Chip>}
                  </span>
                  <span class={css.small}>{one.email}</span>
                </span>
                <span class={css.small}>{t(`role.${one.role}`)}</span>
                {items.length > 0 && (
                  <Menu
                    label={t("team.actions", { name: one.name })}
                    align="end"
                    items={items}
                    trigger={(props) => (
                      <button
                        type="button"
                        {...props}
                        class={css.more}
                        aria-label={t("team.actions", { name: one.name })}
                      >
                        <Icon name="more" />
                      </button>
                    )}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
      {invitations.state === "failed" && <Failure text={t("settings.failed")} onRetry={reload} />}
      {invitations.state === "ready" && invitations.value.items.length > 0 && (
        <>
          <h3>{t("team.invitations")}</h3>
          <ul class={css.rows}>
            {invitations.value.items.map((one) => (
              <li key={one.id} class={css.row}>
                <span class={css.rowText}>
                  <span class={css.rowTitle}>{one.email}</span>
                  <span class={css.small}>
                    {t(`role.${one.role}`)} · {t("team.invitation.until", { date: dateTime(one.expires_at) })}
                  </span>
                </span>
                <Button
                  small
                  look="danger"
                  onClick={() =>
                    void api
                      .delete(url(["invitations", one.id]))
                      .then(() =>
                        put({ items: invitations.value.items.filter((other) => other.id !== one.id) }),
                      )
                      .catch((error: unknown) => toast(failureText(error), { tone: "error" }))
                  }
                >
                  {t("team.invitation.withdraw")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {inviting && (
        <Invite
          roles={rolesFor(self?.role)}
          onClose={() => setInviting(false)}
          onMade={(made) => {
            setInviting(false);
            const { url: address, ...kept } = made;
            if (invitations.state === "ready") put({ items: [kept, ...invitations.value.items] });
            if (address) setLink({ url: address, title: t("team.invite.link", { email: made.email }) });
          }}
        />
      )}
      {link && (
        <Dialog title={link.title} onClose={() => setLink(undefined)}>
          <p class={css.lead}>{t("team.link.lead")}</p>
          <Once text={link.url} label={link.title} />
        </Dialog>
      )}
      {stopping && (
        <Confirm
          title={t("team.deactivate.title", { name: stopping.name })}
          text={t("team.deactivate.text")}
          confirm={t("team.deactivate")}
          onClose={() => setStopping(undefined)}
          run={() => change(stopping, { active: false })}
        />
      )}
    </>
  );
}

function Invite(props: {
  roles: readonly Role[];
  onClose: () => void;
  onMade: (made: Invitation) => void;
}): JSX.Element {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      props.onMade(await api.post<Invitation>(url(["invitations"]), { email: email.trim(), role }));
    } catch (error) {
      setProblem(failureText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("team.invite")} onClose={props.onClose}>
      <form class={css.form} onSubmit={submit}>
        <Field
          label={t("field.email")}
          type="email"
          required
          autofocus
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t("team.role")}
          value={role}
          options={props.roles.map((one) => ({ value: one, label: t(`role.${one}`) }))}
          onChange={(value) => setRole(value as Role)}
          hint={t(`role.${role}.hint`)}
        />
        {problem && (
          <p class={css.problem} role="alert">
            {problem}
          </p>
        )}
        <div class={`${css.actions} ${css.end}`}>
          <Button look="quiet" onClick={props.onClose}>
            {t("action.cancel")}
          </Button>
          <Button look="primary" type="submit" busy={busy}>
            {t("team.invite.submit")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
