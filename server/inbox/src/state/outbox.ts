// Where unsent messages of one agent live: one key of localStorage per message, since tabs that share one key lose each
// other's messages.
import type { OutboxItem, OutboxStorage } from "@tagalong-chat/sdk/outbox";
import { keys, read, write } from "./storage";

export function outboxStorage(agent: string): OutboxStorage {
  const prefix = `tagalong.outbox.${agent}.`;
  return {
    async put(item) {
      localStorage.setItem(prefix + item.frame.client_id, JSON.stringify(item));
    },
    async delete(clientId) {
      write(prefix + clientId, null);
    },
    async list() {
      return keys(prefix).flatMap((key) => {
        try {
          return [JSON.parse(read(key) ?? "") as OutboxItem];
        } catch {
          return [];
        }
      });
    },
  };
}
