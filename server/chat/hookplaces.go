package chat

import "sync"

// hookUse is what the service knows of the webhooks in use: all of it can be lost.
type hookUse struct {
	sync.Mutex
	types   map[ShopID]subscribed
	running map[WebhookID]int
	shops   map[ShopID]*hookQueue
}

// hookQueue is what a shop has under way to all of its webhooks, and until when its waiting ones have been told to wait.
type hookQueue struct {
	running int
	last    Millis
}

// enter takes a place among the requests to a webhook and of its shop: who answers slowly holds up nobody else's. When all are taken
// it gives the time to come again: one after another, so that a backlog is not looked at over and over.
func (h *hookUse) enter(w Webhook, now Millis) (again Millis, ok bool) {
	h.Lock()
	defer h.Unlock()
	q := h.shops[w.Shop]
	if q == nil {
		q = &hookQueue{}
		h.shops[w.Shop] = q
	}
	if h.running[w.ID] >= hookParallel || q.running >= hookOfShop {
		q.last = max(q.last, now.Add(hookBusy)) + hookStep
		return q.last, false
	}
	h.running[w.ID]++
	q.running++
	return 0, true
}

func (h *hookUse) leave(w Webhook, now Millis) {
	h.Lock()
	defer h.Unlock()
	if h.running[w.ID]--; h.running[w.ID] == 0 {
		delete(h.running, w.ID)
	}
	q := h.shops[w.Shop]
	if q.running--; q.running == 0 && q.last <= now {
		delete(h.shops, w.Shop)
	}
}
