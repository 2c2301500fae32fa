package simulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/identity"
	"github.com/tagalong-chat/tagalong/server/simulator/loopback"
)

// PlayOptions say where the seed is played, and as whom.
type PlayOptions struct {
	PublicURL string
	ShopID    string
	ShopKey   string
	PluginKey string // with the scopes context:write, conversations:write

	// Identity proves who the seed's customers are; without it they stay strangers.
	Identity identity.Secret
	ShopURL  string // where the pictures of the pieces are; may be empty

	Log    *slog.Logger     // nil: silent
	Client *http.Client     // nil: one that finds *.localhost
	Now    func() time.Time // nil: time.Now
}

// Play has the conversations take place against a running server, over its
// public API alone: each shopper gets a session and writes through it, the
// studio answers with the plugin key, orders arrive as a plugin's events.
func Play(ctx context.Context, options PlayOptions, seed []Conversation) error {
	p := player{options}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Client == nil {
		p.Client = loopback.Client()
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	for i, c := range seed {
		if err := p.play(ctx, c); err != nil {
			return fmt.Errorf("seed: conversation %d: %w", i+1, err)
		}
	}
	p.Log.Info("seed: played", "conversations", len(seed))
	return nil
}

type player struct{ PlayOptions }

func (p player) play(ctx context.Context, c Conversation) error {
	token, shopper, err := p.arrive(ctx, c)
	if err != nil {
		return err
	}
	if events := (seedEvents{p.ShopURL, shopper, p.Now()}).of(c); len(events) > 0 {
		if err := p.push(ctx, events); err != nil {
			return err
		}
	}
	start := rand.Text()
	conversation := ""
	for i, line := range c.Lines {
		id := start
		if i > 0 {
			id = rand.Text()
		}
		if line.By == "shopper" {
			conversation, err = p.ask(ctx, token, id, start, c.Language, line)
		} else {
			err = p.answer(ctx, conversation, id, line)
		}
		if err != nil {
			return err
		}
	}
	return p.finish(ctx, conversation, c)
}

// arrive opens a session and, for a customer of the shop, proves who it is.
func (p player) arrive(ctx context.Context, c Conversation) (token, shopper string, err error) {
	var session struct {
		Token   string `json:"token"`
		Shopper struct {
			ID string `json:"id"`
		} `json:"shopper"`
	}
	if err := p.call(ctx, http.MethodPost, "/v1/shops/"+p.ShopKey+"/sessions", "", object{"language": c.Language}, &session); err != nil {
		return "", "", err
	}
	if c.Customer == nil || p.Identity.Secret == "" {
		return session.Token, session.Shopper.ID, nil
	}
	jwt, err := p.Identity.Token(p.ShopKey, identity.Person{ID: c.Customer.ID, Name: c.Customer.Name, Email: c.Customer.Email}, p.Now())
	if err != nil {
		return "", "", err
	}
	token = session.Token
	err = p.call(ctx, http.MethodPost, "/v1/shops/"+p.ShopKey+"/shopper/identity", token, object{"jwt": jwt}, &session)
	return token, session.Shopper.ID, err
}

func (p player) push(ctx context.Context, events []object) error {
	var answer struct {
		Results []struct {
			ID, Outcome string
			Error       *struct{ Code, Message string }
		}
	}
	if err := p.call(ctx, http.MethodPost, "/v1/shops/"+p.ShopID+"/events", p.PluginKey, object{"events": events}, &answer); err != nil {
		return err
	}
	for _, r := range answer.Results {
		if r.Outcome == "invalid" && r.Error != nil {
			return fmt.Errorf("event %s: %s %s", r.ID, r.Error.Code, r.Error.Message)
		}
	}
	return nil
}

func (p player) ask(ctx context.Context, token, id, start, language string, line SeedLine) (conversation string, err error) {
	var ack struct{ Type, Code, Message, Conversation string }
	frame := object{
		"type": "send", "client_id": id, "start": start,
		"message": object{"text": line.Text, "language": language},
	}
	if err := p.call(ctx, http.MethodPost, "/v1/shops/"+p.ShopKey+"/frames", token, frame, &ack); err != nil {
		return "", err
	}
	if ack.Type != "ack" {
		return "", fmt.Errorf("message %s: %s %s", ack.Type, ack.Code, ack.Message)
	}
	return ack.Conversation, nil
}

func (p player) answer(ctx context.Context, conversation, id string, line SeedLine) error {
	if conversation == "" {
		return errors.New("nobody has asked yet")
	}
	kind := "message"
	if line.By == "note" {
		kind = "note"
	}
	message := object{"text": line.Text}
	if line.Coupon != "" {
		message["coupon"] = object{"code": line.Coupon}
	}
	if len(line.Choices) > 0 {
		var choices []object
		for i, title := range line.Choices {
			choices = append(choices, object{"id": strconv.Itoa(i + 1), "title": title})
		}
		message["choices"] = choices
	}
	return p.call(ctx, http.MethodPost, p.conversation(conversation)+"/entries", p.PluginKey,
		object{"client_id": id, "kind": kind, "message": message}, nil)
}

func (p player) finish(ctx context.Context, conversation string, c Conversation) error {
	patch := object{}
	if len(c.Tags) > 0 {
		patch["tags"] = c.Tags
	}
	if c.State != "" {
		patch["state"] = c.State
	}
	if len(patch) == 0 {
		return nil
	}
	return p.call(ctx, http.MethodPatch, p.conversation(conversation), p.PluginKey, patch, nil)
}

func (p player) conversation(id string) string {
	return "/v1/shops/" + p.ShopID + "/conversations/" + id
}

const (
	callAttempts = 12
	callPause    = 250 * time.Millisecond
	callMaxPause = 5 * time.Second
)

// call sends a request and waits where the server asks to come back later. Every
// request of the seed can be repeated: it names its own ids, and a session that
// nobody uses does no harm.
func (p player) call(ctx context.Context, method, path, credential string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	for attempt := range callAttempts {
		var pause time.Duration
		pause, err = p.once(ctx, method, path, credential, raw, into)
		if err == nil || pause == 0 {
			return err
		}
		pause = min(max(pause, callPause<<attempt), callMaxPause)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
	return err
}

// once makes one attempt; a pause tells that another may work.
func (p player) once(ctx context.Context, method, path, credential string, raw []byte, into any) (pause time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.PublicURL, "/")+path, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if credential != "" {
		request.Header.Set("Authorization", "Bearer "+credential)
	}
	response, err := p.Client.Do(request)
	if err != nil {
		return callPause, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return callPause, err
	}
	if response.StatusCode >= 300 {
		if response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= 500 {
			seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // absent: our own pause
			pause = max(time.Duration(seconds)*time.Second, callPause)
		}
		return pause, fmt.Errorf("%s %s: %d %.300s", method, path, response.StatusCode, answer)
	}
	if into == nil || len(answer) == 0 {
		return 0, nil
	}
	return 0, json.Unmarshal(answer, into)
}
