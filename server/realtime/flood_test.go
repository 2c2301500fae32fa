package realtime

import (
	"context"
	"fmt"
	"testing"

	"github.com/coder/websocket"

	"github.com/tagalong-chat/tagalong/openapi"
)

func TestThreeThousandMessagesAtOnceAreRefusedThenClosed(t *testing.T) {
	w := newWorld(t, Limits{})
	c := w.shopper(w.person())
	go func() {
		for i := range 3_000 {
			m := say("", fmt.Sprint("m", i), "spam")
			m.Start = "m0"
			if c.ws.Write(context.Background(), websocket.MessageText, explicit(m)) != nil {
				return
			}
		}
	}()
	var acked, limited int
	for f := range c.frames {
		switch {
		case f.Type == "ack":
			acked++
		case f.Type == "refused" && f.Code == "rate_limited":
			limited++
		}
	}
	if code := websocket.CloseStatus(<-c.closed); code != closeRate {
		t.Errorf("closed with %d", code)
	}
	if acked < 20 || acked > 25 || limited == 0 {
		t.Errorf("%d acknowledged, %d refused", acked, limited)
	}
}

func TestAnotherProtocolIsToldSo(t *testing.T) {
	w := newWorld(t, Limits{})
	c := w.raw()
	c.send(openapi.ClientFrame{Type: "hello", Protocol: 2, Token: w.person().token})
	if f := c.next("bye"); f.Code != "unsupported_protocol" {
		t.Fatalf("bye with %s", f.Code)
	}
	if code := c.code(); code != closeForbidden {
		t.Fatalf("closed with %d", code)
	}
}
