package fanout

import (
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tagalong-chat/tagalong/server/chat"
	"github.com/tagalong-chat/tagalong/server/chat/chattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLocalIsAFanout(t *testing.T) {
	chattest.Fanout(t, func(t *testing.T, grace time.Duration) chat.Fanout {
		l := NewLocal(Options{Grace: grace, Settle: -1})
		t.Cleanup(l.Close)
		return l
	}, synctest.Test)
}

func TestTopicsAreForgottenWithTheirLastSubscriber(t *testing.T) {
	l := NewLocal(Options{})
	one := l.Subscribe(chat.TopicShop("shop_a"), func(chat.Live) {})
	two := l.Subscribe(chat.TopicShop("shop_a"), func(chat.Live) {})
	one()
	if n := l.Topics(); n != 1 {
		t.Fatalf("%d topics with one subscriber left", n)
	}
	two()
	if n := l.Topics(); n != 0 {
		t.Fatalf("%d topics with no subscriber left", n)
	}
}

func TestAfterARestartNobodyIsGoneYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLocal(Options{Grace: time.Second, Settle: time.Minute})
		defer l.Close()
		who := chat.Author{Kind: chat.AuthorShopper, ID: "shp_a"}
		if p := l.Presence(t.Context(), "shop_a", who); p != chat.Unknown {
			t.Fatalf("at once they are %s", p)
		}
		leave := l.Attend("shop_a", who)
		if p := l.Presence(t.Context(), "shop_a", who); p != chat.Here {
			t.Fatalf("found back they are %s", p)
		}
		leave()
		time.Sleep(2 * time.Minute) // virtual
		if p := l.Presence(t.Context(), "shop_a", who); p != chat.Gone {
			t.Fatalf("after settling they are %s", p)
		}
	})
}

func TestASubscriberMayAskWhoIsHereWhileItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLocal(Options{Grace: time.Second, Settle: -1})
		defer l.Close()
		who := chat.Author{Kind: chat.AuthorShopper, ID: "shp_a"}
		var asked []chat.Presence
		cancel := l.Subscribe(chat.TopicShopper("shp_a"), func(live chat.Live) {
			asked = append(asked, l.Presence(t.Context(), live.Shop, live.Who))
		})
		defer cancel()
		l.Attend("shop_a", who)()
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if len(asked) != 2 || asked[0] != chat.Here || asked[1] != chat.Gone {
			t.Fatalf("answers: %v", asked)
		}
	})
}

func BenchmarkPublish(b *testing.B) {
	l := NewLocal(Options{})
	defer l.Subscribe(chat.TopicConversation("cnv_a"), func(chat.Live) {})()
	live := chat.Live{Kind: chat.LiveCommitted, Conversation: "cnv_a", Shop: "shop_a", Shopper: "shp_a"}
	for b.Loop() {
		l.Publish(live)
	}
}
