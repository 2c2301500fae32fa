package realtime

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tagalong-chat/tagalong/openapi"
	"github.com/tagalong-chat/tagalong/server/auth"
	"github.com/tagalong-chat/tagalong/server/chat"
)

func TestALogoutClosesTheSessionsSocketsAtOnce(t *testing.T) {
	w := newWorld(t, Limits{})
	v, other := w.person(), w.person()
	one, two, stays := w.shopper(v), w.shopper(v), w.shopper(other)
	w.must(w.svc.EndSession(context.Background(), v.by, sha256.Sum256([]byte(v.token))))
	for _, c := range []*client{one, two} {
		if f := c.next("bye"); f.Code != "revoked" {
			t.Errorf("bye with %s", f.Code)
		}
		if code := c.code(); code != closeForbidden {
			t.Errorf("closed with %d", code)
		}
	}
	stays.sync()
}

func TestADeactivatedAgentIsOutWithinFiveSecondsWithoutBeingTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		second := chat.Agent{
			ID: newID[chat.AgentID](chat.PrefixAgent), Merchant: w.agent.Merchant, Email: "bo@marl.example", Name: "Bo", Role: chat.RoleAgent, Active: true,
		}
		w.addAgent(second)
		c := w.inbox(w.signIn(second))
		start := time.Now()
		second.Active = false
		w.must(w.db.UpdateAgent(context.Background(), second)) // past the service: nothing is published
		if code := c.code(); code != closeForbidden {
			t.Fatalf("closed with %d", code)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Fatalf("after %s", d)
		}
		w.stop()
	})
}

func (w *world) addAgent(a chat.Agent) {
	w.t.Helper()
	ctx, now := context.Background(), chat.At(time.Now())
	hash := sha256.Sum256([]byte(a.Email))
	w.must(w.db.CreateInvitation(ctx, chat.Invitation{
		ID: newID[chat.InvitationID](chat.PrefixInvitation), Merchant: a.Merchant, Email: a.Email, Role: a.Role, InvitedBy: w.agent.ID,
		Hash: hash, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}))
	w.must(w.db.AcceptInvitation(ctx, hash, a, "hash", now))
}

func TestARevocationOfOtherSessionsKeepsThisOne(t *testing.T) {
	w := newWorld(t, Limits{})
	kept, ended := w.signIn(w.agent), w.signIn(w.agent)
	a, b := w.inbox(kept), w.inbox(ended)
	w.must(w.db.DeleteAgentSession(context.Background(), sha256.Sum256([]byte(strings.TrimPrefix(ended, auth.CookieName+"=")))))
	w.fanout.Publish(chat.Live{Kind: chat.LiveRevoked, Merchant: w.agent.Merchant, Agent: w.agent.ID})
	if code := b.code(); code != closeForbidden {
		t.Fatalf("closed with %d", code)
	}
	a.sync()
}

func TestWhoIsIdentifiedAsAKnownShopperComesBackAsThem(t *testing.T) {
	w := newWorld(t, Limits{})
	ctx := context.Background()
	identity := chat.Identity{Subject: "customer-1", Name: "Lia"}
	known, anonymous := w.person(), w.person()
	_, err := w.svc.Identify(ctx, known.by, sha256.Sum256([]byte(known.token)), identity)
	w.must(err)

	c := w.shopper(anonymous)
	id := c.begin("I was nobody")
	c.join(id, 1, 0)
	_, err = w.svc.Identify(ctx, anonymous.by, sha256.Sum256([]byte(anonymous.token)), identity)
	w.must(err)
	if code := c.code(); code != closeGoingAway {
		t.Fatalf("closed with %d", code)
	}
	again := w.raw()
	again.send(openapi.ClientFrame{Type: "hello", Protocol: 1, Token: anonymous.token})
	f := again.next("welcome")
	if f.Self.ID != string(known.ID) || !f.Self.Identified || len(f.Conversations) != 1 || f.Conversations[0].ID != id {
		t.Fatalf("welcome %+v, %+v", f.Self, f.Conversations)
	}
}

func TestAnErasedShopperIsOutAndTheAgentsLogIsReadAnew(t *testing.T) {
	w := newWorld(t, Limits{})
	ctx := context.Background()
	v := w.person()
	c := w.shopper(v)
	id := c.begin("my secret address")
	a := w.inbox(w.signIn(w.agent))
	a.join(id, 0, 0)
	a.next("entry")
	w.must(w.svc.Erase(ctx, w.agentCaller(), w.shop.ID, v.ID))
	tasks, err := w.db.ClaimTasks(ctx, chat.At(time.Now().Add(time.Second)), time.Minute, 10)
	w.must(err)
	for _, task := range tasks {
		w.must(w.svc.Perform(ctx, task))
	}
	if code := c.code(); code != closeForbidden {
		t.Errorf("the shopper was closed with %d", code)
	}
	s := a.next("snapshot")
	if s.Conversation != id || s.Generation < 2 || len(s.Entries) == 0 {
		t.Fatalf("snapshot %+v", s)
	}
	for _, e := range s.Entries {
		if e.Message != nil && strings.Contains(e.Message.Text, "secret") {
			t.Fatalf("entry %+v", e)
		}
	}
}

func TestAShopThatComesToRequireAnIdentityDoesSoOnOpenSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Limits{})
		c := w.shopper(w.person())
		id := c.begin("still allowed")
		shop := w.shop
		shop.IdentityRequired = true
		w.must(w.db.UpdateShop(context.Background(), shop))
		time.Sleep(shopFor + time.Millisecond) // virtual
		c.send(say(id, clientID(), "not any more"))
		if r := c.refusal(); r.Code != "identity_unverified" {
			t.Fatalf("refused with %s", r.Code)
		}
		w.stop()
	})
}
