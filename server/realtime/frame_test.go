package realtime

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestAFramesPayloadComesBackAtEachLength(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65_535, 65_536, 200_000} {
		want := strings.Repeat("x", n)
		f := prefix([]byte(want))
		if f[0] != finText || string(f.payload()) != want {
			t.Fatalf("%d bytes: % x, payload of %d", n, f[:min(len(f), 10)], len(f.payload()))
		}
	}
	if p := pingFrame.payload(); p != nil {
		t.Fatalf("a ping has the payload %q", p)
	}
	if p := closeFrame(closeSlow, "slow_consumer").payload(); p != nil {
		t.Fatalf("a Close has the payload %q", p)
	}
}

func TestReceiptsAreWrittenAsTheContractSays(t *testing.T) {
	k := &codec{}
	for _, w := range []chat.Watermark{
		{Kind: chat.AuthorShopper, Read: chat.Ref{Seq: 3, ShopperSeq: 2}, Delivered: chat.Ref{Seq: 5, ShopperSeq: 4}},
		{Kind: chat.AuthorAgent, ID: newID[string](chat.PrefixAgent), Delivered: chat.Ref{Seq: 1, ShopperSeq: 1}},
		{Kind: chat.AuthorAgent, ID: newID[string](chat.PrefixAgent)},
	} {
		for _, a := range []chat.Audience{chat.ForShopper, chat.ForAgents} {
			id := newID[chat.ConversationID](chat.PrefixConversation)
			got, want := k.receipt(id, w, a).payload(), encode(k.view(a).Receipt(id, w)).payload()
			if string(got) != string(want) {
				t.Errorf("wrote %s, want %s", got, want)
			}
		}
	}
}

// TestTheContractsExamplesAreTaken sends each example of a client's frame over a socket: none may be a bad frame.
func TestTheContractsExamplesAreTaken(t *testing.T) {
	files, err := filepath.Glob("../../openapi/examples/client.*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	w := newWorld(t, Limits{})
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "client."), ".json")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			w.must(err)
			var c *client
			switch name {
			case "hello":
				c = w.raw()
				c.text(string(data))
				if f := c.next("bye"); f.Code != "invalid_token" { // which is what an example must not be
					t.Fatalf("bye with %s", f.Code)
				}
				return
			case "feed", "viewing", "send.agent":
				c = w.inbox(w.signIn(w.agent))
			default:
				c = w.shopper(w.person())
			}
			c.text(string(data))
			c.send(openapi.ClientFrame{Type: "ping"})
			for _, f := range c.until("pong") {
				if f.Code == "bad_frame" || f.Code == "bad_cursor" {
					t.Fatalf("refused with %s", f.Message)
				}
			}
		})
	}
}

// bin is a sink that throws everything away.
type bin struct{}

func (bin) put(buf []byte, f frame) []byte { return append(buf, f...) }
func (bin) write([]byte, bool) error       { return nil }
func (bin) hurry()                         {}
func (bin) end(error)                      {}

// FuzzHandle throws arbitrary bytes at a greeted connection: it may refuse, but neither panic nor lose its place.
func FuzzHandle(f *testing.F) {
	files, _ := filepath.Glob("../../openapi/examples/client.*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	w := newWorld(f, Limits{BadFrames: 1 << 30, PerIP: 1 << 30, PerSession: 1 << 30})
	v := w.person()
	f.Fuzz(func(t *testing.T, data []byte) {
		c := w.door.newConn(chat.AuthorShopper, netip.Addr{})
		c.key, c.token, c.caller = w.shop.Key, v.token, v.by
		c.queue.sink = bin{}
		w.door.begin(c)
		if err := errors.Join(w.door.guests.arrive(c.ip), c.sit(), c.settle(t.Context())); err != nil {
			t.Fatal(err)
		}
		c.handle(t.Context(), data)
		c.end()
		if n := w.door.Metrics.Panics.Load(); n != 0 {
			t.Fatalf("%d panics", n)
		}
	})
}
