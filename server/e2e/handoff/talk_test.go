package handoff_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/graph"
)

func copyTo(b *strings.Builder, resp *http.Response) (int64, error) {
	return io.Copy(b, io.LimitReader(resp.Body, 4<<20))
}

// talk is one person's conversation with the shop.
type talk struct {
	w      *town
	rnd    *mathrand.Rand
	person string
	line   string // number or page

	token, conversation string   // of the web; empty when they began on the phone
	answered            []string // texts of the agent's answers
}

// play has the conversation: on the site and then by phone, or by phone from the start.
func (k *talk) play(ctx context.Context) error {
	if k.rnd.IntN(10) < 7 {
		if err := k.beginOnWeb(ctx); err != nil {
			return fmt.Errorf("begin on the web: %w", err)
		}
	} else if err := k.say(k.words()); err != nil {
		return err
	}
	for range 1 + k.rnd.IntN(3) {
		time.Sleep(time.Duration(k.rnd.IntN(300)) * time.Millisecond) // people take their time; nothing is waited for
		if err := k.answer(ctx); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		if err := k.react(); err != nil {
			return fmt.Errorf("react: %w", err)
		}
	}
	return nil
}

func (k *talk) words() string { return fmt.Sprintf("%s says %s", k.person, rand.Text()) }

// beginOnWeb asks on the site and follows the link: with its text as it was, edited, or without.
func (k *talk) beginOnWeb(ctx context.Context) error {
	var session struct{ Token string }
	if err := k.w.try(ctx, "POST", "/v1/shops/"+k.w.ShopKey+"/sessions", "", object{"language": "en"}, &session); err != nil {
		return err
	}
	k.token = session.Token
	id := rand.Text()
	var ack struct{ Type, Conversation, Code string }
	frame := object{"type": "send", "client_id": id, "start": id, "message": object{"text": k.words()}}
	if err := k.w.try(ctx, "POST", "/v1/shops/"+k.w.ShopKey+"/frames", k.token, frame, &ack); err != nil {
		return err
	}
	if ack.Type != "ack" {
		return fmt.Errorf("the question was answered %+v", ack)
	}
	k.conversation = ack.Conversation
	channel := "whatsapp"
	if k.line == page {
		channel = "messenger"
	}
	var offer struct{ ID, URL string }
	err := k.w.try(ctx, "POST", "/v1/shops/"+k.w.ShopKey+"/shopper/handoffs", k.token, object{"channel": channel, "conversation": k.conversation}, &offer)
	if err != nil {
		return err
	}
	if err := k.w.try(ctx, "POST", "/v1/shops/"+k.w.ShopKey+"/shopper/handoffs/"+offer.ID+"/click", k.token, object{}, nil); err != nil {
		return err
	}
	draft, err := k.w.world.Click(k.person, offer.URL)
	if err != nil {
		return err
	}
	if draft.Start {
		if _, err := k.w.world.Start(k.person, k.line); err != nil {
			return err
		}
	}
	switch n := k.rnd.IntN(10); {
	case n < 6 || draft.Text == "":
		return k.say(draft.Text + " " + rand.Text())
	case n < 9:
		return k.say("I am back! " + strings.ToLower(draft.Text) + " " + rand.Text())
	}
	return k.say(k.words()) // the draft was deleted
}

// say has the person send a text by phone.
func (k *talk) say(text string) error {
	_, err := k.w.world.Say(k.person, k.line, graph.Inbound{Text: strings.TrimSpace(text)})
	return err
}

// answer waits for the conversation and writes into it, with the same client id until it is acknowledged.
func (k *talk) answer(ctx context.Context) error {
	id, err := k.find(ctx)
	if err != nil {
		return err
	}
	text := "answer " + rand.Text()
	k.answered = append(k.answered, text)
	body := object{"client_id": rand.Text(), "kind": "message", "message": object{"text": text}}
	return k.w.try(ctx, "POST", "/v1/shops/"+k.w.Shop+"/conversations/"+id+"/entries", k.w.PluginKey, body, nil)
}

// find gives the conversation that the person is in by now: the route of the web's, or one that has begun by phone.
func (k *talk) find(ctx context.Context) (string, error) {
	if k.conversation != "" {
		return k.conversation, nil
	}
	for {
		var page struct {
			Items []struct {
				ID      string
				Shopper struct{ Name string }
			}
			Next string
		}
		for cursor := ""; ; cursor = "&cursor=" + page.Next {
			page.Next = ""
			if err := k.w.try(ctx, "GET", "/v1/shops/"+k.w.Shop+"/conversations?state=all&limit=100"+cursor, k.w.PluginKey, nil, &page); err != nil {
				return "", err
			}
			for _, c := range page.Items {
				if c.Shopper.Name == k.person {
					k.conversation = c.ID
					return c.ID, nil
				}
			}
			if page.Next == "" {
				break
			}
		}
		select {
		case <-ctx.Done():
			return "", errors.New("the conversation has not come: " + ctx.Err().Error())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// react has the person do one of the things that people do.
func (k *talk) react() error {
	thread, err := k.w.world.Thread(k.person, k.line)
	if err != nil {
		return err
	}
	var mine, theirs string
	for _, m := range thread {
		if m.Out && m.Seen {
			theirs = m.ID
		} else if !m.Out && m.Type == "text" && !m.Revoked {
			mine = m.ID
		}
	}
	in := graph.Inbound{Text: k.words()}
	switch n := k.rnd.IntN(10); {
	case n == 0 && theirs != "":
		in = graph.Inbound{Type: "reaction", Target: theirs, Emoji: "👍"}
	case n == 1 && mine != "" && k.line == number:
		in = graph.Inbound{Type: "edit", Target: mine, Text: k.words()}
	case n == 2 && theirs != "":
		in.ReplyTo = theirs
	case n == 3:
		in = graph.Inbound{Type: "location", Latitude: 52.5, Longitude: 13.4, Place: k.words()}
	case n == 4:
		in = graph.Inbound{Type: "unsupported"}
	}
	_, err = k.w.world.Say(k.person, k.line, in)
	return err
}
