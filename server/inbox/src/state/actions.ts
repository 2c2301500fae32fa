// What an agent does to a conversation: seen at once, told to the server, taken back with a word if it is refused.
import { ApiError, api, url } from "../api/client";
import type { Agent, Conversation } from "../api/types";
import { t } from "../i18n";
import { failureText } from "../i18n/problems";
import { toast } from "../ui/toast";
import { conversationOf, patch, put } from "./conversations";
import { signOut } from "./session";

export async function leave(to?: string): Promise<void> {
  try {
    await signOut(to);
  } catch (error) {
    toast(failureText(error), { tone: "error" });
  }
}

interface Change {
  state?: "open" | "closed";
  assignee?: string | null;
  tags?: string[];
}

async function change(
  conversation: Conversation,
  body: Change,
  shown: Partial<Conversation>,
): Promise<boolean> {
  const before = patch(conversation.id, shown);
  try {
    const fresh = await api.patch<Conversation>(
      url(["shops", conversation.shop, "conversations", conversation.id]),
      body,
    );
    put([fresh]);
    return true;
  } catch (error) {
    if (before) {
      const back: Partial<Conversation> = {};
      for (const key of Object.keys(shown) as (keyof Conversation)[])
        Object.assign(back, { [key]: before[key] });
      patch(conversation.id, back);
    }
    if (!(error instanceof ApiError && error.status === 401)) {
      toast(`${t("action.failed")} ${failureText(error)}`, { tone: "error" });
    }
    return false;
  }
}

export async function close(conversation: Conversation): Promise<void> {
  if (!(await change(conversation, { state: "closed" }, { state: "closed" }))) return;
  toast(t("toast.closed"), {
    action: { label: t("action.undo"), run: () => void reopen(conversation, true) },
  });
}

export async function reopen(conversation: Conversation, quiet = false): Promise<void> {
  const current = conversationOf(conversation.id) ?? conversation;
  if (!(await change(current, { state: "open" }, { state: "open" })) || quiet) return;
  toast(t("toast.reopened"));
}

export async function assign(
  conversation: Conversation,
  to: Pick<Agent, "id" | "name"> | undefined,
): Promise<void> {
  const before = conversation.assignee;
  if (before?.id === to?.id) return;
  const shown = { assignee: to && { id: to.id, name: to.name } } as Partial<Conversation>;
  if (!(await change(conversation, { assignee: to?.id ?? null }, shown))) return;
  toast(to ? t("toast.assigned", { name: to.name }) : t("toast.unassigned"), {
    action: {
      label: t("action.undo"),
      run: () => {
        const current = conversationOf(conversation.id) ?? conversation;
        const shownAgain = { assignee: before } as Partial<Conversation>;
        void change(current, { assignee: before?.id ?? null }, shownAgain);
      },
    },
  });
}

export async function setTags(conversation: Conversation, tags: string[]): Promise<void> {
  await change(conversation, { tags }, { tags });
}
