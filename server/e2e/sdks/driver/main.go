// Command driver does what it is told with the Go SDK, for the tests that hold the SDKs to each other.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	tagalong "github.com/tagalong-chat/tagalong/sdk/go"
	"github.com/tagalong-chat/tagalong/sdk/go/api"
)

type arguments struct {
	Call         string            `json:"call"`
	Events       []tagalong.Event  `json:"events"`
	ID           string            `json:"id"`
	Conversation string            `json:"conversation"`
	Text         string            `json:"text"`
	Code         string            `json:"code"`
	Verifier     string            `json:"verifier"`
	ReturnURL    string            `json:"return_url"`
	State        string            `json:"state"`
	Reference    string            `json:"reference"`
	Orders       []string          `json:"orders"`
	Amounts      [][2]string       `json:"amounts"`
	Subject      string            `json:"subject"`
	Name         string            `json:"name"`
	Lifetime     int               `json:"lifetime"`
	ShopKey      string            `json:"shop_key"`
	KID          string            `json:"kid"`
	Secret       string            `json:"secret"`
	Secrets      []string          `json:"secrets"`
	Headers      map[string]string `json:"headers"`
	Body         string            `json:"body"`
}

func main() {
	var in arguments
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	value, err := do(context.Background(), in)
	out := map[string]any{"value": value}
	if err != nil {
		out = map[string]any{"error": failure(err)}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}

func failure(err error) map[string]any {
	var e *tagalong.Error
	if !errors.As(err, &e) {
		return map[string]any{"refused": true}
	}
	out := map[string]any{"status": e.Status, "code": e.Code, "request_id": e.RequestID}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Path)
	}
	out["fields"] = fields
	return out
}

func do(ctx context.Context, in arguments) (any, error) {
	base := os.Getenv("TAGALONG_URL")
	client, err := tagalong.New(base, os.Getenv("TAGALONG_SHOP"), os.Getenv("TAGALONG_KEY"), tagalong.WithUserAgent("driver/1"))
	if err != nil {
		return nil, err
	}
	switch in.Call {
	case "push":
		results, err := client.PushEvents(ctx, in.Events)
		outcomes := []string{}
		for _, r := range results {
			outcomes = append(outcomes, r.ID+" "+string(r.Outcome))
		}
		return outcomes, err
	case "order":
		o, err := client.Order(ctx, in.ID)
		return o.Number, err
	case "orders":
		ids := []string{}
		for o, err := range client.Orders(ctx) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, o.ExternalID)
		}
		return ids, nil
	case "post":
		e, err := client.PostMessage(ctx, in.Conversation, tagalong.Draft{Text: in.Text}, "")
		return e.Seq, err
	case "self":
		self, err := client.Self(ctx)
		return self.Shop.Name, err
	case "disconnect":
		return "done", client.Disconnect(ctx)
	case "redact":
		r, err := client.Redact(ctx, tagalong.Redaction{Reference: in.Reference, Orders: in.Orders})
		return string(r.State), err
	}
	return offline(ctx, base, in)
}

// offline are those that need no credential.
func offline(ctx context.Context, base string, in arguments) (any, error) {
	switch in.Call {
	case "connect":
		c, err := tagalong.Connect(ctx, base, in.Code, in.Verifier, in.ReturnURL, tagalong.WithUserAgent("driver/1"))
		return c.PluginKey.Key, err
	case "connect_url":
		return tagalong.ConnectURL(base, tagalong.ConnectRequest{
			Name: in.Name, Platform: "own", ReturnURL: in.ReturnURL, State: in.State, Verifier: in.Verifier,
			Scopes: []api.Scope{api.ScopeContextWrite, api.ScopeContextRead}, Identity: true, Shop: tagalong.ShopHint{Name: "Marl & Co", Test: true},
		})
	case "money":
		amounts := []string{}
		for _, a := range in.Amounts {
			m, err := tagalong.ParseMoney(a[0], a[1])
			if err != nil {
				amounts = append(amounts, "refused")
				continue
			}
			amounts = append(amounts, fmt.Sprint(m.Amount, " ", m.Currency))
		}
		return amounts, nil
	case "mint":
		tokens, err := tagalong.NewIdentityTokens(in.ShopKey, in.KID, in.Secret)
		if err != nil {
			return nil, err
		}
		return tokens.Mint(tagalong.Identity{Subject: in.Subject, Name: in.Name, Lifetime: seconds(in.Lifetime)})
	case "verify":
		header := http.Header{}
		for name, value := range in.Headers {
			header.Set(name, value)
		}
		e, err := tagalong.Webhook{Secrets: in.Secrets}.Verify(header, []byte(in.Body))
		return string(e.Type), err
	}
	return nil, errors.New("no such call")
}
