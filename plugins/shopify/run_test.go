package shopify_test

import (
	"context"
	"testing"
	"time"

	"github.com/tagalong-chat/tagalong/plugins/shopify/shopifytest"
)

// What arrives is worked off at once, and a shop that connects is caught up with at once: nobody waits for a timer.
func TestRunIsWokenByWhatHappens(t *testing.T) {
	s := start(t)
	s.order("3", started.Add(-time.Hour))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(ctx) }()
	s.connect()
	<-s.chat.heard
	s.send(shopifytest.Webhook{Topic: "orders/paid", ID: "w1", Body: payload(t, "orders_paid")})
	<-s.chat.heard
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := s.pushed(); n != 2 {
		t.Errorf("%d events", n)
	}
}
