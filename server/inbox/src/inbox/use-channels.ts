// Keeps what is known of the channels of the conversation on the screen: where its next message would go, and what became
// of those before.
import { useEffect } from "preact/hooks";
import type { Conversation } from "../api/types";
import { loadDeliveries } from "../state/deliveries";
import { connection, presences, threadOf } from "../state/live";
import { againAt, loadReach, reachOf } from "../state/reach";

/** A burst of changes is one question. */
const settle = 250;

export function useChannels(conversation: Conversation | undefined): void {
  const id = conversation?.id ?? "";
  const shop = conversation?.shop ?? "";
  const online = connection.value.state === "online";
  const presence = presences.value[id]?.state;
  const version = conversation?.position;
  const reach = id ? reachOf(id).value.value : undefined;
  const low = id ? threadOf(id).value?.low : undefined;

  useEffect(() => {
    if (!id) return;
    if (!reachOf(id).value.value) {
      void loadReach(shop, id);
      return;
    }
    const timer = setTimeout(() => void loadReach(shop, id), settle);
    return () => clearTimeout(timer);
  }, [id, shop, version, presence, online]);

  useEffect(() => (reach ? againAt(shop, id, reach) : undefined), [id, shop, reach]);

  // Read from the first message that is held; older pages bring theirs with them.
  useEffect(() => {
    if (!id || !online || low === undefined) return;
    const timer = setTimeout(() => void loadDeliveries(shop, id, low), settle);
    return () => clearTimeout(timer);
  }, [id, shop, online, low]);
}
