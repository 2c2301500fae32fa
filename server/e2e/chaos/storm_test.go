package chaos_test

import (
	"testing"

	"github.com/tagalong-chat/tagalong/server/e2e/harness"
)

// A recovery storm: each conversation has three tabs of its shopper, one of them on a stream, and an agent, every other one on a
// stream. All of them write. Some
// are cut off at random all the time, and the server is killed and started again. In the end every one of them has seen the log of
// their audience without gap, without repeat and in order (I4).
func TestEveryoneComesBackWithoutGapOrRepeat(t *testing.T) {
	const conversations, kicksPerKill = 10, 40
	rnd, n := seeded(t), trials(t, 3)
	s := harness.Start(t, harness.Options{Flags: unlimited})
	c := newCrowd(t, s)
	agent := s.Agent()
	for i := range conversations {
		p, first := c.shopper("tab", bySocket)
		c.each(1)
		at := harness.Cursor{Conversation: first.Conversation(), Generation: 1}
		c.add("tab", at, p.BySocket, c.logOf(p))
		c.add("stream", at, p.ByStream, c.logOf(p))
		whole := func(id string) ([]harness.Entry, error) { return s.ConversationLog(id), nil }
		c.add("agent", at, [...]opening{agent.BySocket, agent.ByStream}[i%2], whole)
	}
	for range n {
		for range kicksPerKill {
			c.more(1 + rnd.IntN(10))
			c.members[rnd.IntN(len(c.members))].Kick()
		}
		s.Kill()
		s.Run()
	}
	connects := 0
	finish(t, c, n)
	for _, m := range c.members {
		connects += m.Connects
		if m.Snapshots > 0 {
			t.Errorf("%s was sent a snapshot, though it never fell behind by much", m.Name)
		}
		if m.Repeats > 0 {
			t.Errorf("%s was sent %d entries again", m.Name, m.Repeats)
		}
	}
	t.Logf("%d connections of %d clients", connects, len(c.members))
}
